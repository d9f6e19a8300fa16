"""All settings, from the environment. Embedded mode (`make run`) needs none of them; production
stops at the start with the name of what is missing."""

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.chat import *  # noqa: F403 -- Django reads them from here
from config.environment import BASE_DIR, EMBEDDED, VAR, env, required
from config.identity import *  # noqa: F403 -- Django reads them from here
from config.logs import LOGGING  # noqa: F401 -- Django reads it from here
from config.schedule import CELERY_BEAT_SCHEDULE  # noqa: F401 -- Celery reads it from here
from config.stores import CACHES, DATABASES, REDIS_URL  # noqa: F401 -- Django reads them from here

# --- who we are ---------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = required("FIELD_KEYS").split(",")
PORT = env.int("PORT", default=8000)
SITE_URL = required("SITE_URL", embedded=f"http://localhost:{PORT}").rstrip("/")
SITE_HOST = SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
ALLOWED_HOSTS = [SITE_HOST, *env.list("ALLOWED_HOSTS", default=[])]
if EMBEDDED:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", default=0)
CALL_CENTRE = env.str("CALL_CENTRE", default="1555")

# --- applications -------------------------------------------------------------------------
INSTALLED_APPS = [
    "core.admin_site.NadkhetAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "core",
    "offices",
    "accounts",
    "notifications",
    "bookings",
    "registry_requests",
    "portal",
    "line_channel",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_linear_migrations",
    "import_export",
    "simple_history",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ContentSecurityPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffSessionMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.site",
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- tasks: Celery is an alarm clock, the database is the truth ----------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TIMEZONE = "Asia/Bangkok"
# So long without a task that came through the queue, and `run_worker` starts its worker anew.
WORKER_SILENT_SECONDS = env.int("WORKER_SILENT_SECONDS", default=60)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        # A connection that carries nothing any more must not hold beat or the watchdog for ever.
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
    }
else:
    BROKER = VAR / "broker"
    for folder in ("queue", "processed", "control"):
        (BROKER / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER / "queue"),
        "data_folder_out": str(BROKER / "queue"),
        "processed_folder": str(BROKER / "processed"),
        "control_folder": str(BROKER / "control"),
        "store_processed": False,
    }

# --- language and time ---------------------------------------------------------------------
LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "packages"]
USE_I18N = True
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True

# --- sign-in -------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not EMBEDDED)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=30)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=10)
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
MFA_TOTP_ISSUER = "Nadkhet"
MFA_ADAPTER = "accounts.second_factor.SealingAdapter"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_CLIENT_IP_CALLABLE = "core.proxies.client_address"

# --- safety --------------------------------------------------------------------------------
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# Not "no-referrer": browsers then send "Origin: null" with every form, which CSRF refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "geolocation": [],
    "microphone": [],
    "camera": ["self"],
    "payment": [],
    "usb": [],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- files ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR / "static"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- messages ------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email("EMAIL_URL"))
elif EMBEDDED:
    EMAIL_BACKEND = "notifications.channels.email.FolderBackend"
    EMAIL_FILE_PATH = str(VAR / "outbox")
else:
    required("EMAIL_URL")
EMAIL_TIMEOUT = 20
MESSAGE_LEASE_SECONDS = env.int("MESSAGE_LEASE_SECONDS", default=120)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"นัดเขต <no-reply@{SITE_HOST}>")

# --- booking rules that hold for the whole city (an office's own are on its service) --------
HOLD_MINUTES = 10
HOLDS_PER_VISITOR = 3
# Many people share one address: an office, a school, a mobile network.
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", default=200)
WAITING_OFFER_HOURS = 2
# A place offered for less than this could not be taken by anybody who is not looking just then.
WAITING_OFFER_LEAST_MINUTES = 15
SLOT_DAYS_AHEAD = 60
# How long a draft of a closing stops new bookings, and how far ahead a day can be closed.
CLOSING_STOP_MINUTES = 30
CLOSING_LATEST_DAYS = 400
# How long the place is kept that a closing offers to whom it cancels.
CLOSING_OFFER_DAYS = 3
DOCUMENTS_PER_BOOKING = 6
DOCUMENT_MAX_MB = 10
REMINDER_HOUR = 9
FIND_LINK_MINUTES = 30
# A slip at the counter can be taken back for so long.
UNDO_SECONDS = 60
# How a visit ended can be corrected, with a reason, for so long.
CORRECTION_MINUTES = 15
# A walk-in who waited longer goes before people who came before their time.
WALK_IN_WAIT_MINUTES = 20
LINK_DAYS_AFTER_VISIT = 30

# --- identity of who asks for a copy ---------------------------------------------------------
# The class that asks DOPA about a card, registry_requests.channels.card_check.DopaCardCheck where
# the office is approved for it; empty: officers compare by hand.
CARD_CHECK_BACKEND = env.str("CARD_CHECK_BACKEND", default="")

# --- how long things are kept, in days (ADR 19) ----------------------------------------------
UPLOADS_DAYS = env.int("UPLOADS_DAYS", default=30)  # after completion
NAMES_DAYS = env.int("NAMES_DAYS", default=365)  # after the case is over; the office confirms
CODES_DAYS = env.int("CODES_DAYS", default=90)  # hashes of card codes, after the case is over
WAITING_DAYS = env.int("WAITING_DAYS", default=30)  # contacts, after the waiting is over
HOLDS_DAYS = env.int("HOLDS_DAYS", default=7)
VIEW_LOG_DAYS = env.int("VIEW_LOG_DAYS", default=730)  # the office confirms
STAFF_DORMANT_DAYS = env.int("STAFF_DORMANT_DAYS", default=90)
DATA_REQUEST_DAYS = 30  # the law (PDPA s.30)

# --- observation ---------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    import sentry_sdk

    # Forms hold names and numbers, and the SDK sends them unless told otherwise.
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )
