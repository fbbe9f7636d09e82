"""Settings, read from the environment. docs/operations/settings.md lists every variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import rasterio
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from config.logs import logging_to_stderr

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, *, default: bool = False) -> bool:
    """Read a yes/no environment variable; anything unclear stops the start."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "no", "false", "off"}:
        return default if value == "" else False
    if value in {"1", "yes", "true", "on"}:
        return True
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


DEBUG = env_flag("CHANOT_DEBUG")
HTTPS = env_flag("CHANOT_HTTPS")
TESTING = "CHANOT_TEST_DATABASE" in os.environ
SECRET_KEY = os.environ.get("CHANOT_SECRET_KEY", "")
if not SECRET_KEY and (DEBUG or TESTING):
    SECRET_KEY = "only-for-development-and-tests"  # noqa: S105
ALLOWED_HOSTS = os.environ.get("CHANOT_HOSTS", "127.0.0.1 localhost [::1]").split()

# Everything the service writes beside the database: imagery, imports, results of jobs.
DATA_DIR = Path(os.environ.get("CHANOT_DATA_DIR") or BASE_DIR / ".data" / "files")
IMAGERY_DIR = DATA_DIR / "imagery"
MEDIA_ROOT = DATA_DIR / "media"
# Tiles know nobody: this function tells in which offices a user holds a permission.
TILE_AUDIENCE = "offices.permissions.offices_where"

# GeoDjango uses the GDAL of the rasterio wheel: Debian 12's own cannot block file and
# network access by malicious spatial references (gis.W001).
_wheel_libraries = Path(rasterio.__file__).parent.parent / "rasterio.libs"
GDAL_LIBRARY_PATH = str(next(_wheel_libraries.glob("libgdal*"), "")) or None
GEOS_LIBRARY_PATH = str(next(_wheel_libraries.glob("libgeos_c*"), "")) or None

INSTALLED_APPS = [
    "config.apps.ServiceConfig",
    "appointments",
    "surveys",
    "taxmap",
    "parcels",
    "offices",
    "tiles",
    "web",
    "offices.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_prometheus",
    "axes",
    "csp",
    "leaflet",
    "ninja",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.middleware.LanguageMiddleware",
    "config.limits.RateLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.answers.LandErrorMiddleware",
    "config.addresses.NoNulMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context_processors.shell",
            ],
            "builtins": ["web.templatetags.web"],
        },
    }
]


# Tiles are bound by the server, and a plan kept for them saves a third at close zooms. Set to 0
# behind a PgBouncer older than 1.21 that pools by transaction.
PREPARE_THRESHOLD = 5 if env_flag("CHANOT_PREPARED_STATEMENTS", default=True) else None


def database_from(url: str) -> dict[str, Any]:
    """Turn a libpq URL or conninfo string into Django's dictionary; libpq fills the gaps."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    settings: dict[str, Any] = {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": parts.pop("dbname", "chanot"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts | {"prepare_threshold": PREPARE_THRESHOLD},
    }
    if test_name := os.environ.get("CHANOT_TEST_DATABASE"):
        settings["TEST"] = {"NAME": test_name}
    return settings


DATABASES = {"default": database_from(os.environ.get("DATABASE_URL", "postgres:///chanot"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "offices.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# Lock the pair of account and address, so that nobody can lock an official out from elsewhere.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
# How many proxies of our own stand in front; without one, X-Forwarded-For is not believed.
PROXY_COUNT = int(os.environ.get("CHANOT_PROXY_COUNT", "0"))
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR" if PROXY_COUNT else "REMOTE_ADDR"]
# Limits on how often one visitor may do something; ``off`` is for measurements.
RATE_LIMITS = env_flag("CHANOT_RATE_LIMITS", default=True)
# How often one network may ask for places, and for times, a minute and process (config/limits.py).
BOOKINGS_PER_MINUTE = int(os.environ.get("CHANOT_BOOKINGS_PER_MINUTE", "60"))
SLOTS_PER_MINUTE = int(os.environ.get("CHANOT_SLOTS_PER_MINUTE", "300"))
# How many parcels one visitor may look up: an hour, and at once. 0 an hour: no limit.
LOOKUPS_PER_HOUR = int(os.environ.get("CHANOT_LOOKUPS_PER_HOUR", "200")) if RATE_LIMITS else 0
LOOKUPS_BURST = int(os.environ.get("CHANOT_LOOKUPS_BURST", "60"))
# How many places one visitor may hold while filling in forms: an hour, and at once. 0: no limit.
HOLDS_PER_HOUR = int(os.environ.get("CHANOT_HOLDS_PER_HOUR", "600")) if RATE_LIMITS else 0
HOLDS_BURST = int(os.environ.get("CHANOT_HOLDS_BURST", "100"))
METRICS_TOKEN = os.environ.get("CHANOT_METRICS_TOKEN", "")
AXES_LOCKOUT_CALLABLE = "offices.views.locked_out"
# Attempts are counted by a digest of the name: people type passwords into the wrong field.
AXES_USERNAME_CALLABLE = "offices.sign_in.attempt_name"
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_DISABLE_ACCESS_LOG = True  # the audit trail keeps sign-ins

# Several jobs at a time, so that a long import does not hold up the sealing of the audit trail.
# A worker told to stop waits this long for jobs to hand themselves on.
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,
    "shutdown_graceful_timeout": 5.0,
    "delete_jobs": "successful",
}

LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "cadastre" / "locale", BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("CHANOT_STATIC_ROOT") or BASE_DIR / ".data" / "static")


def npm(package: str, folder: str) -> tuple[str, Path]:
    """Serve one folder of a browser library under /static/npm/<package>/."""
    return f"npm/{package}", BASE_DIR / "node_modules" / package / folder


STATICFILES_DIRS = [
    npm("@geoman-io/leaflet-geoman-free", "dist"),
    npm("leaflet", "dist"),
    npm("protomaps-leaflet", "dist"),
    npm("@fontsource/sarabun", ""),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "config.static_files.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = False  # pages send the token with fetch()
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LEAFLET_CONFIG = {
    "TILES": [],
    "DEFAULT_CENTER": (13.87, 100.47),
    "DEFAULT_ZOOM": 14,
    "MAX_ZOOM": 22,
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": False,
}

# How Indian 1975 is taken to WGS 84 where an office says nothing (docs/algorithms/datum.md).
CHANOT_DATUM_PARAMETERS = os.environ.get("CHANOT_DATUM_PARAMETERS", "EPSG:1537")
# What survey pages flag. The regulation's own figure is not verified: ask your survey division.
CHANOT_SURVEY_TOLERANCE_MM = int(os.environ.get("CHANOT_SURVEY_TOLERANCE_MM", "40"))
# How near a corner a surveyed point is taken for it, how far a corner may move without a remark,
# and how well a place was read from a paper sheet (standard deviation). None is a regulation's.
CHANOT_SURVEY_REACH_MM = int(os.environ.get("CHANOT_SURVEY_REACH_MM", "1000"))
CHANOT_SURVEY_DISPLACEMENT_MM = int(os.environ.get("CHANOT_SURVEY_DISPLACEMENT_MM", "300"))
CHANOT_SHEET_ERROR_MM = float(os.environ.get("CHANOT_SHEET_ERROR_MM", "0.3"))
# The largest file of a receiver or total station that a page takes; it is read at once.
CHANOT_SURVEY_LARGEST_FILE_MB = int(os.environ.get("CHANOT_SURVEY_LARGEST_FILE_MB", "20"))

# The form of entries for the accounting system (docs/user/exports.md); empty takes ours.
CHANOT_ACCOUNTING_EXPORT = os.environ.get("CHANOT_ACCOUNTING_EXPORT", "")

# The signs of tax-map sheets (YAML as taxmap/paper/symbols.yaml); nothing takes those.
CHANOT_TAX_MAP_SYMBOLS = os.environ.get("CHANOT_TAX_MAP_SYMBOLS", "")

# How long a visit may take, booked and walked in: 60 and 150 minutes are what the Department of
# Lands has announced of registrations (docs/user/planning.md).
CHANOT_STANDARD_BOOKED_MINUTES = int(os.environ.get("CHANOT_STANDARD_BOOKED_MINUTES", "60"))
CHANOT_STANDARD_WALK_IN_MINUTES = int(os.environ.get("CHANOT_STANDARD_WALK_IN_MINUTES", "150"))
# Days after an appointment for which its name and telephone number are kept.
CHANOT_BOOKING_KEEP_DAYS = int(os.environ.get("CHANOT_BOOKING_KEEP_DAYS", "90"))

# Channels by which citizens get messages, the preferred first (offices/messages).
CHANOT_MESSAGES = os.environ.get("CHANOT_MESSAGES", "console" if DEBUG else "").split()
# Sign-in with ThaID (OpenID Connect) while booking; off without a client. The addresses are those
# of public examples; issuer and keys are told with the registration (docs/operations/thaid.md).
CHANOT_THAID_CLIENT = os.environ.get("CHANOT_THAID_CLIENT", "")
CHANOT_THAID_SECRET = os.environ.get("CHANOT_THAID_SECRET", "")
_THAID = "https://imauth.bora.dopa.go.th/api/v2/oauth2"
CHANOT_THAID_AUTHORIZE_URL = os.environ.get("CHANOT_THAID_AUTHORIZE_URL", f"{_THAID}/auth/")
CHANOT_THAID_TOKEN_URL = os.environ.get("CHANOT_THAID_TOKEN_URL", f"{_THAID}/token/")
CHANOT_THAID_ISSUER = os.environ.get("CHANOT_THAID_ISSUER", "")
CHANOT_THAID_KEYS_URL = os.environ.get("CHANOT_THAID_KEYS_URL", "")
CHANOT_THAID_SCOPES = os.environ.get("CHANOT_THAID_SCOPES", "openid given_name family_name")
CHANOT_THAID_PKCE = env_flag("CHANOT_THAID_PKCE", default=True)

# The webhook of a gateway for short messages, and what it is to get (offices/messages/gateways.py).
CHANOT_SMS_URL = os.environ.get("CHANOT_SMS_URL", "")
CHANOT_SMS_BODY = os.environ.get("CHANOT_SMS_BODY", '{"to": "{to}", "text": "{text}"}')
CHANOT_SMS_FORM = env_flag("CHANOT_SMS_FORM")
CHANOT_SMS_AUTHORIZATION = os.environ.get("CHANOT_SMS_AUTHORIZATION", "")
# A channel of LINE that may send notification messages.
CHANOT_LINE_TOKEN = os.environ.get("CHANOT_LINE_TOKEN", "")
CHANOT_LINE_URL = os.environ.get("CHANOT_LINE_URL", "https://api.line.me/bot/pnp/push")
# Where the service is reached from outside: what the links in messages begin with.
CHANOT_PUBLIC_URL = os.environ.get("CHANOT_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
EMAIL_HOST = os.environ.get("CHANOT_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CHANOT_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CHANOT_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CHANOT_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_flag("CHANOT_EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("CHANOT_EMAIL_FROM", "noreply@localhost")

LOGGING = logging_to_stderr(json=not (DEBUG or TESTING))
