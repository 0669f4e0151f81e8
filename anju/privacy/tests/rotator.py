"""A rotation in a process of its own, so that it can be killed: ``python -m anju.privacy.tests.rotator DATABASE PIECE`` prints a line a piece."""

import sys

import django


def main() -> None:
    """Seals what is under older keys anew; says after each piece how far it is."""
    name, piece = sys.argv[1:3]
    django.setup()
    from django.db import connection  # noqa: PLC0415  # the settings exist only after setup

    from anju.privacy import rotating  # noqa: PLC0415

    connection.settings_dict["NAME"] = name
    rotating.rotate(told=lambda done, _total: print(done, flush=True), piece=int(piece))


if __name__ == "__main__":
    main()
