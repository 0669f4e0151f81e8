"""Password hashing tuned to about 50 ms (quality 7): 4,687 sign-ins of a morning must not take an hour of processor."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
