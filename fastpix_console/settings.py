"""The one settings file: defaults that are safe, values from the environment, loud on nonsense."""

from datetime import timedelta
from urllib.parse import urlsplit

import environ
from django.contrib.messages import constants as levels
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from fastpix_console.environment import ROOT, SHORTEST_PASSWORD, BrokenSettings, broker_url, read

try:
    ENVIRONMENT = read()
except BrokenSettings as broken:
    raise ImproperlyConfigured("\n".join(broken.problems)) from None

DATA_DIR = ENVIRONMENT.data_dir
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
FIELD_ENCRYPTION_KEYS = list(ENVIRONMENT.encryption_keys)

# Addresses ----------------------------------------------------------------------------------------
PUBLIC_URL = ENVIRONMENT.public_url
_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = sorted({_public.hostname or "127.0.0.1", "127.0.0.1", "localhost"})
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
USE_X_FORWARDED_HOST = False
if ENVIRONMENT.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies

# Applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "fastpix_console",
    "web",
    "workspace_app",
    "events_app",
    "media_app",
    "live_app",
    "analytics_app",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.middleware.request_id",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspace_app.middleware.person",
    "web.middleware.no_store",
    "web.middleware.sentences",
]
ROOT_URLCONF = "fastpix_console.urls"
WSGI_APPLICATION = "fastpix_console.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspace_app.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "web.templatetags.fp"],
        },
    }
]

# Stores -------------------------------------------------------------------------------------------
DATABASES = {"default": environ.Env.db_url_config(ENVIRONMENT.database_url)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a webhook that was answered must be on disk, also when the machine loses power
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENVIRONMENT.redis_url or "redis://127.0.0.1:6379/0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "fp",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 2},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# People -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "workspace_app.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "workspace_app.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if _https else ("session", "csrf")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Answers ------------------------------------------------------------------------------------------
CSRF_FAILURE_VIEW = "web.errors.csrf"
# The tones of a toast (templates/_partials/toast.html)
MESSAGE_TAGS = {
    levels.DEBUG: "info",
    levels.INFO: "info",
    levels.SUCCESS: "ok",
    levels.WARNING: "warn",
    levels.ERROR: "bad",
}
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
# FastPix's domain rules for playback look at the Referer's origin, so it must leave with cross-origin requests
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # hls.js gives each caption track an empty file of its own as a data: address
        "media-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Words and times ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# FastPix ------------------------------------------------------------------------------------------
FASTPIX_HOSTS = {
    "api_url": "https://api.fastpix.com/v1",
    "stream_url": "https://stream.fastpix.com",
    "images_url": "https://images.fastpix.com",
    "upload_url": "https://storage.googleapis.com",
}
SANDBOX_URL = ENVIRONMENT.sandbox_url if ENVIRONMENT.sandbox else ""
SANDBOX_TOKEN_ID = ENVIRONMENT.sandbox_token_id
SANDBOX_SECRET_KEY = ENVIRONMENT.sandbox_secret_key
SANDBOX_WEBHOOK_SECRET = ENVIRONMENT.sandbox_webhook_secret
IMPORT_DIR = ENVIRONMENT.import_dir
# Files handed to the console wait here until a worker has sent them: web and workers share it
HANDED_DIR = DATA_DIR / "handed"
HANDED_MAX_BYTES = ENVIRONMENT.handed_max_bytes
HANDED_KEEP_HOURS = ENVIRONMENT.handed_keep_hours

# Workers (see fastpix_console/celery.py) -------------------------------------------------------------
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "max_retries": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# The broker gives such a task to somebody else anyway; every task goes on from its row when it starts again
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "calls"
# Whole names win over patterns; tests/house/test_tasks.py demands a place for every task
CELERY_TASK_ROUTES = {
    "events_app.*": {"queue": "events"},
    "media_app.*": {"queue": "calls"},
    "media_app.sweep_transfers": {"queue": "events"},
    "media_app.transfer": {"queue": "transfers"},
    "media_app.work_bulk": {"queue": "transfers"},
    "media_app.clear_handed": {"queue": "transfers"},
    "workspace_app.beat_events": {"queue": "events"},
    "workspace_app.beat_calls": {"queue": "calls"},
    "workspace_app.beat_transfers": {"queue": "transfers"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep events left behind": {"task": "events_app.project_waiting", "schedule": 5.0},
    "delete events that are older than they are kept": {"task": "events_app.prune_events", "schedule": 1800.0},
    # what expires: while FastPix is silent it must not pile up behind one that waits for it
    "ask for unsettled media": {"task": "media_app.ask_unsettled", "schedule": 5.0, "options": {"expires": 5}},
    "poll media that are not final": {"task": "media_app.poll_open", "schedule": 10.0, "options": {"expires": 10}},
    "look again at media that are final": {
        "task": "media_app.sweep_final",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "go on with imports left behind": {"task": "media_app.resume_imports", "schedule": 30.0},
    "sweep transfers left behind": {"task": "media_app.sweep_transfers", "schedule": 15.0},
    "ask about uploads a tab left": {"task": "media_app.settle_left", "schedule": 10.0, "options": {"expires": 10}},
    "remove handed files nobody goes on with": {"task": "media_app.clear_handed", "schedule": 600.0},
    "note that events workers live": {"task": "workspace_app.beat_events", "schedule": 10.0},
    "note that calls workers live": {"task": "workspace_app.beat_calls", "schedule": 10.0},
    "note that transfers workers live": {"task": "workspace_app.beat_transfers", "schedule": 10.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "redact": {"()": "web.logs.Redact"},
        # whoever asks reads the answer, and asks every few seconds
        "readiness": {"()": "web.logs.Unless", "path": "/readyz", "status": 503},
    },
    "formatters": {"line": {"()": "web.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"filters": ["readiness"]},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}
