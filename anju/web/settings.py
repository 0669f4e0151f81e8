"""Django's settings. Everything a deployment decides comes from the environment (docs/howto/configure.md)."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from anju import database

WEB = Path(__file__).resolve().parent
HOME = database.home()

DEBUG = os.environ.get("ANJU_DEBUG") == "1"
SECRET_KEY = os.environ.get("ANJU_SECRET_KEY") or database.secret("signing")
ALLOWED_HOSTS = os.environ.get("ANJU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DEMO = os.environ.get("ANJU_DEMO") == "1"
# Behind a proxy that speaks HTTPS and sets X-Forwarded-Proto itself (docs/howto/operate.md).
HTTPS = os.environ.get("ANJU_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "anju.trail",
    "anju.clock",
    "anju.masks",
    "anju.privacy",
    "anju.jobs",
    "anju.divisions",
    "anju.accounts",
    "anju.evidence",
    "anju.registry",
    "anju.exports",
    "anju.imports",
    "anju.entries",
    "anju.problems",
    "anju.notices",
    "anju.rosters",
    "anju.appraisals",
    "anju.guarantees",
    "anju.cases",
    "anju.verification",
    "anju.dossier",
    "anju.operations",
    "anju.audit",
    "anju.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anju.web.policy.ContentSecurityPolicyMiddleware",
    "anju.web.nul.NulMiddleware",
    "anju.web.counted.ActedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "anju.accounts.middleware.ActingMiddleware",
    "anju.masks.reading.MaskMiddleware",
    "anju.accounts.signing_in.middleware.DoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "anju.web.urls"
WSGI_APPLICATION = "anju.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anju.web.navigation.shell",
            ],
        },
    }
]


# Who works at the server itself (command line, migrations, the tests' own hands) sees every row; the site and its worker see nothing until
# somebody acts (anju.trail.acting).
WHOLE_SCOPE = "-c anju.low=0 -c anju.high=~ -c anju.login=system"


def _database(role: str) -> dict[str, object]:
    where = database.address(role)
    options: dict[str, object] = {"pool": {"min_size": 1, "max_size": 12, "timeout": 30}} if role == database.APPLICATION else {}
    if os.environ.get("ANJU_ACTS") == "system" or role == database.OWNER:
        options["options"] = WHOLE_SCOPE
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": where.host,
        "PORT": where.port,
        "NAME": where.name,
        "USER": where.user,
        "PASSWORD": where.password,
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": False,
        "ATOMIC_REQUESTS": True,
        "TEST": {"NAME": f"test_anju_{os.environ.get('ANJU_TEST_DB', 'main')}", "TEMPLATE": database.TEMPLATE},
    }


# The application's role owns no table; the owner's is used to migrate and by nothing else.
DATABASES = {"default": _database(database.OWNER if os.environ.get("ANJU_ROLE") == "owner" else database.APPLICATION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["anju.accounts.hashing.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "anju.accounts.signing_in.passwords.ProfileValidator"}]
# The door (anju/accounts/signing_in/policy.py): which password rules, how long a session lasts, how many proxies stand before the site,
# whom to ask when locked out.
PASSWORD_PROFILE = os.environ.get("ANJU_PASSWORD_PROFILE", "djbh3")
IDLE_MINUTES = int(os.environ.get("ANJU_IDLE_MINUTES", "30"))
SESSION_HOURS = int(os.environ.get("ANJU_SESSION_HOURS", "12"))
PROXIES = int(os.environ.get("ANJU_PROXIES", "0"))
ASK = os.environ.get("ANJU_ASK", "")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [("built", WEB / "static" / "built")] if (WEB / "static" / "built").is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# The built files carry a hash of their content in their names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/built/assets/.+-[\w-]{8}\.\w+$"

FILE_STORE = os.environ.get("ANJU_FILES") or HOME / "files"  # a folder, or s3://bucket/prefix
TRAIL = HOME / "trail"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a thousand cases are approved at once, each ticked and with two areas of its own
FILE_UPLOAD_HANDLERS = ["anju.evidence.uploading.MemoryUploadHandler"]
UPLOAD_LIMIT = int(os.environ.get("ANJU_UPLOAD_MB", "256")) << 20

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "anju.accounts.signing_in.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

# "queue": a worker runs the work; "inline": it runs at once in the caller (command line, tests).
JOBS = os.environ.get("ANJU_JOBS", "queue")

# No record of any logger carries a number that names somebody.
LOGGING_CONFIG = "anju.privacy.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal": {"()": "anju.privacy.logs.PersonalNumbers"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["personal"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
