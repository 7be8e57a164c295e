"""Every setting of Autopost, read from the environment or from a file named .env; the only reader of either."""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from decouple import config
from django.core.exceptions import ImproperlyConfigured

from autopost_site import api_page, casts, databases, logs, mail, media, theme
from autopost_site.casts import address, one_of, seconds, truth, whole
from autopost_site.paths import named
from autopost_site.paths.named import BASE_DIR
from autopost_site.starting import agreed

#: Some editors begin a file with a mark of its encoding, which is no part of the first name in it.
config.encoding = "utf-8-sig"


def read(name: str, default: str, *, cast: Callable[[str], Any] = str, empty_too: bool = False) -> Any:
    """One setting; a value that can't be read stops the start with a sentence that names it.

    An empty one is as good as none; with ``empty_too`` it means something of its own, or ``cast`` refuses it.
    """
    try:
        given = config(name, default=None)
    except UnicodeDecodeError as fault:
        raise ImproperlyConfigured(f"The file .env can't be read, save it in UTF-8: {fault}") from fault
    except OSError as fault:
        raise ImproperlyConfigured(f"The file {fault.filename} can't be read by this user: {fault.strerror}") from fault
    try:
        return cast(default if given is None or not (empty_too or given.strip()) else given)
    except (ValueError, TypeError, KeyError) as fault:
        raise ImproperlyConfigured(f"The setting {name} can't be used: {fault}") from fault


# ── The site ─────────────────────────────────────────────────────────────────
DEBUG = read("DEBUG", "true", cast=truth, empty_too=True)
PORT = read("PORT", "8000", cast=whole(1, casts.HIGHEST_PORT))
WEB_PROCESSES = read("WEB_PROCESSES", "2", cast=whole(1, casts.MOST_WORKERS))
WEB_THREADS = read("WEB_THREADS", "16", cast=whole(1, casts.MOST_WORKERS))
PUBLIC_BASE_URL = read("PUBLIC_BASE_URL", f"http://127.0.0.1:{PORT}", cast=address)
#: This machine's own names are always among them: its monitors ask /health by them.
ALLOWED_HOSTS = list(dict.fromkeys([*read("ALLOWED_HOSTS", "", cast=casts.names), "127.0.0.1", "localhost", "[::1]"]))
ALLOWED_HOSTS += [urlsplit(PUBLIC_BASE_URL).hostname] if urlsplit(PUBLIC_BASE_URL).hostname not in ALLOWED_HOSTS else []
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL.startswith("https://") else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if read("TRUST_PROXY", "false", cast=truth) else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https://")

#: Browsers keep to https for so long after a visit. The web server in front redirects, and callers on this machine
#: (deploy/ticking, monitors) speak http: hence no redirect here. Subdomains are not ours to decide about.
SECURE_HSTS_SECONDS = read("HSTS_SECONDS", "2592000" if SESSION_COOKIE_SECURE else "0", cast=whole())
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
CONTENT_SECURITY_POLICY = theme.CONTENT_SECURITY_POLICY

SECRET_KEY = read("SECRET_KEY", agreed.LAPTOP_SECRET if DEBUG else "")
#: Comma-separated Fernet keys; the first encrypts, all decrypt: a key is rotated by putting a new one in front.
CREDENTIALS_KEY = read("CREDENTIALS_KEY", "", cast=casts.keys)

INSTALLED_APPS = [
    "autopost_site.apps.ThemeConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "autopost_site",
    "social_queue.demo",
    "social_queue.setup",
    "social_queue",  # before django_q: its qcluster is ours
    "django_q",
    "metrics",
    "axes",
    "csp",
    *("django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"),
]
MIDDLEWARE = [
    "autopost_site.request_ids.RequestIds",
    "metrics.clicks.shortcut.ShortPath",
    "social_queue.api.errors.JsonErrors",
    "django.middleware.security.SecurityMiddleware",
    "social_queue.api.webhooks.StraightIn",
    "csp.middleware.CSPMiddleware",
    "autopost_site.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "autopost_site.language.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "social_queue.admin.people.habits.InTheirHabits",
    "social_queue.admin.people.gate.Gate",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "autopost_site.urls"
CSRF_FAILURE_VIEW = "social_queue.admin.refused.forged"
WSGI_APPLICATION = "autopost_site.wsgi.application"
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
            ],
            "libraries": theme.TAGS,
        },
    }
]
UNFOLD = theme.UNFOLD

# ── Log-in ───────────────────────────────────────────────────────────────────
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
REQUIRE_2FA = read("REQUIRE_2FA", "false", cast=truth)
#: Hours without a press after which a session ends; every request within them starts them again.
SESSION_COOKIE_AGE = read("SESSION_HOURS", "12", cast=whole(1, casts.MOST_HOURS)) * 3600
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
    {"NAME": "social_queue.access.passwords.VariedPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Whoever goes on guessing must not be able to keep the owner out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Left out of what the table keeps of a try; "password" always is.
AXES_SENSITIVE_PARAMETERS = ["code", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "social_queue.access.callers.counted_as"
AXES_LOCKOUT_CALLABLE = "social_queue.admin.people.log_in.resting"
# The log says who came in; the table keeps who did not.
AXES_ENABLE_ACCESS_FAILURE_LOG, AXES_DISABLE_ACCESS_LOG = True, True
# `prune` removes old ones. The library's own limit would remove the newest.
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 10_000_000
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Autopost"

# ── Language, time, files ────────────────────────────────────────────────────
LANGUAGE_CODE, LANGUAGES = "en", [("en", "English"), ("id", "Bahasa Indonesia")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = read("TIME_ZONE", "UTC", cast=casts.zone)
USE_TZ, FORMAT_MODULE_PATH = True, "autopost_site.formats"
STATIC_URL, MEDIA_URL = "/static/", "/media/"
STATICFILES_DIRS = [("looks", BASE_DIR / "connectors" / "looks" / "sheet")]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = read("MEDIA_ROOT", str(BASE_DIR / "media"), cast=named.folder)
_KEYS = {"access_key": read("S3_ACCESS_KEY", ""), "secret_key": read("S3_SECRET_KEY", "")}
STORAGES = read("MEDIA_STORAGE", "file", cast=functools.partial(media.storages, **_KEYS))
WHITENOISE_USE_FINDERS, DEFAULT_AUTO_FIELD = True, "django.db.models.BigAutoField"

# ── Database and workers ─────────────────────────────────────────────────────
#: Seconds in which a database server must answer a statement, whatever became of it or the network.
DATABASE_TIMEOUT = read("DATABASE_TIMEOUT", "30", cast=whole(1, casts.AN_HOUR))
_FILE = BASE_DIR / "autopost.sqlite3"
_parse = functools.partial(databases.parse, timeout=DATABASE_TIMEOUT)
DATABASES = {"default": read("DATABASE_URL", f"sqlite:///{_FILE}", cast=_parse, empty_too=True)}
TICK_BUDGET = read("TICK_BUDGET", "50", cast=whole(1, casts.A_DAY))
PREPARE_BUDGET = read("PREPARE_BUDGET", "80", cast=whole(1, casts.A_DAY))
CALL_TIMEOUT = (read("CONNECT_TIMEOUT", "5", cast=seconds), read("READ_TIMEOUT", "30", cast=seconds))
Q_TIMEOUT = read("Q_TIMEOUT", "180", cast=whole(1, casts.A_DAY))
LEASE_SECONDS = read("LEASE_SECONDS", "300", cast=whole(1, casts.A_DAY))
#: What this host's workers are called in /health and in alerts; empty: the host's name.
WORKER_NAME = read("WORKER_NAME", "")
#: How often a cluster proves that it takes tasks. systemd waits for six of these; see deploy/autopost-worker.service.
PULSE_SECONDS = read("PULSE_SECONDS", "10", cast=seconds)
#: Set by systemd, where its unit asks for signs of life.
NOTIFY_SOCKET = read("NOTIFY_SOCKET", "")
Q_RETRY = read("Q_RETRY", "360", cast=whole(1, casts.A_DAY))
Q_WORKERS = read("Q_WORKERS", "2", cast=whole(1, casts.MOST_WORKERS))
Q_BROKER = read("Q_BROKER", "orm", cast=casts.broker)
_REDIS = "social_queue.workings.redis_queue.Redis"
Q_CLUSTER = {
    "name": "autopost",
    "workers": Q_WORKERS,
    "timeout": Q_TIMEOUT,
    "retry": Q_RETRY,
    "max_attempts": 1,
    "ack_failures": True,
    # Our own rows are the record: saving successes costs more than the tasks themselves.
    "save_limit": -1,
    "poll": read("Q_POLL", "0.2", cast=seconds),
    "catch_up": False,
    "recycle": 500,
    "label": "Tasks",
    **({"orm": "default"} if Q_BROKER == "orm" else {"redis": Q_BROKER, "broker_class": _REDIS}),
}

# ── Delivery ─────────────────────────────────────────────────────────────────
DISPATCH_BATCH = read("DISPATCH_BATCH", "20", cast=whole(1, casts.MOST_WORKERS))
RECONCILE_AFTER = read("RECONCILE_AFTER", "180", cast=whole(0, casts.MOST_SECONDS))
UNDECIDED_AFTER = read("UNDECIDED_AFTER", "1800", cast=whole(1, casts.MOST_SECONDS))
UNDO_SECONDS = read("UNDO_SECONDS", "10", cast=whole(0, casts.A_DAY))
AI_LABEL = read("AI_LABEL", "undeclared", cast=one_of("undeclared", "always", "refuse"))
AI_LINE = read("AI_LINE", "en=Made with AI; id=Dibuat dengan AI", cast=casts.by_language, empty_too=True)
COOLDOWN_MINUTES = read("COOLDOWN_MINUTES", "60", cast=whole(0, casts.MOST_MINUTES))
LINK_MODE = read("LINK_MODE", "go", cast=one_of("go", "bitly", "plain"))
BITLY_TOKEN = read("BITLY_TOKEN", "")
CAPTION_TEMPLATE_DIRS = [BASE_DIR / "templates" / "captions"]
MEDIA_ALLOWED_HOSTS = read("MEDIA_ALLOWED_HOSTS", "", cast=casts.names)
PICTURE_FIT = read("PICTURE_FIT", "pad", cast=one_of("pad", "crop", "refuse"))
PICTURE_WORKERS = read("PICTURE_WORKERS", "2", cast=whole(1, casts.MOST_WORKERS))
CARDS = read("CARDS", "needed", cast=one_of("off", "needed", "auto"))
CARD_THEME = read("CARD_THEME", "midnight", cast=one_of("midnight", "paper", "sunset"))
CARD_BRAND, CARD_FOOTER = read("CARD_BRAND", "Autopost", empty_too=True), read("CARD_FOOTER", "")
CARD_COLOUR, CARD_BACKGROUND = read("CARD_COLOUR", ""), read("CARD_BACKGROUND", "")
CARD_LANGUAGE = read("CARD_LANGUAGE", "", cast=one_of("", "en", "id"))

# ── Platforms ────────────────────────────────────────────────────────────────
SANDBOX = read("SANDBOX", "false", cast=truth)
SANDBOX_PORT = read("SANDBOX_PORT", "9009", cast=whole(1, casts.HIGHEST_PORT))
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"


def platform_address(name: str, vendor: str) -> str:
    """Where a platform's API is: the setting if given, else the sandbox when it is on, else the vendor."""
    return read(name, SANDBOX_URL if SANDBOX else vendor, cast=address)


FACEBOOK_API_URL = platform_address("FACEBOOK_API_URL", "https://graph.facebook.com")
#: Empty: each account's log-in decides between graph.facebook.com and graph.instagram.com.
INSTAGRAM_API_URL = platform_address("INSTAGRAM_API_URL", "")
TELEGRAM_API_URL = platform_address("TELEGRAM_API_URL", "https://api.telegram.org")
X_API_URL = platform_address("X_API_URL", "https://api.x.com")
BITLY_API_URL = platform_address("BITLY_API_URL", "https://api-ssl.bitly.com")
#: v18.0, which many clients still name, died on 2026-01-26: calls to it are quietly served by a newer version.
GRAPH_API_VERSION = read("GRAPH_API_VERSION", "v26.0", cast=casts.graph_version)
#: The apps that people log in through; the sandbox knows its own.
META_APP_ID = read("META_APP_ID", "") or ("sandbox-app" if SANDBOX else "")
META_APP_SECRET = read("META_APP_SECRET", "") or ("sandbox-app-secret" if SANDBOX else "")
INSTAGRAM_APP_ID = read("INSTAGRAM_APP_ID", "") or ("sandbox-app" if SANDBOX else "")
INSTAGRAM_APP_SECRET = read("INSTAGRAM_APP_SECRET", "") or ("sandbox-app-secret" if SANDBOX else "")
X_API_KEY = read("X_API_KEY", "") or ("sandbox-key" if SANDBOX else "")
X_API_SECRET = read("X_API_SECRET", "") or ("sandbox-secret" if SANDBOX else "")
META_LOGIN_URL = platform_address("META_LOGIN_URL", "https://www.facebook.com")
INSTAGRAM_LOGIN_URL = platform_address("INSTAGRAM_LOGIN_URL", "https://www.instagram.com")
INSTAGRAM_TOKEN_URL = platform_address("INSTAGRAM_TOKEN_URL", "https://api.instagram.com")

# ── API, alerts, logs ────────────────────────────────────────────────────────
API_RATE_LIMIT = read("API_RATE_LIMIT", "600", cast=whole())
CARD_RATE_LIMIT = read("CARD_RATE_LIMIT", "30", cast=whole())
#: Seconds in which a request's body must have arrived; see autopost_site/slow_bodies.py.
BODY_TIMEOUT = read("BODY_TIMEOUT", "20", cast=seconds)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["social_queue.api.auth.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # Bodies are read by ourselves; this is what a door says when it is asked for its options.
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "social_queue.api.openapi.tagged.Tagged",
    "EXCEPTION_HANDLER": "social_queue.api.errors.handle",
}
SPECTACULAR_SETTINGS = {**api_page.SETTINGS, "SERVERS": [{"url": PUBLIC_BASE_URL, "description": "This site"}]}
TELEGRAM_ALERT_BOT_TOKEN = read("TELEGRAM_ALERT_BOT_TOKEN", "")
TELEGRAM_ALERT_CHAT_ID = read("TELEGRAM_ALERT_CHAT_ID", "")
MAIL_SERVER = read("MAIL_SERVER", "", cast=mail.server)
DEFAULT_FROM_EMAIL = read("MAIL_FROM", "autopost@localhost", cast=mail.sender)
METRICS_TOKEN = read("METRICS_TOKEN", "")
HEARTBEAT_URL = read("HEARTBEAT_URL", "", cast=address)
#: Where clicks wait while the database takes none; beside what else this user may write.
CLICK_SPOOL = read("CLICK_SPOOL", str(MEDIA_ROOT.parent / "var" / "clicks.jsonl"), cast=named.file)
KEEP_CLICKS_DAYS = read("KEEP_CLICKS_DAYS", "400", cast=whole(1, casts.DAYS_FOR_EVER))
KEEP_ITEMS_DAYS = read("KEEP_ITEMS_DAYS", "0", cast=whole(0, casts.DAYS_FOR_EVER))
#: At most so many receivers are sent events at once, by one process, beside the posts.
EVENT_WORKERS = read("EVENT_WORKERS", "4", cast=whole(1, casts.MOST_WORKERS))
KEEP_LOGS_DAYS = read("KEEP_LOGS_DAYS", "90", cast=whole(1, casts.DAYS_FOR_EVER))
LOG_FILE = read("LOG_FILE", "", cast=named.log_file)
_SQLITE = str(DATABASES["default"]["NAME"]) if "sqlite3" in DATABASES["default"]["ENGINE"] else ""
_KEPT = {"DATABASE_URL": _SQLITE, "CLICK_SPOOL": CLICK_SPOOL, "LOG_FILE": LOG_FILE}
if STORAGES["default"]["BACKEND"].endswith(".Folder") and (fault := named.published(MEDIA_ROOT, _KEPT)):
    raise ImproperlyConfigured(f"The setting MEDIA_ROOT can't be used: {fault}")
LOG_FORMAT = read("LOG_FORMAT", "text", cast=one_of("text", "json"))
LOG_OUTAGES_EVERY = read("LOG_OUTAGES_EVERY", "60", cast=whole())
LOG_LEVEL = read("LOG_LEVEL", "INFO", cast=lambda value: one_of("debug", "info", "warning", "error")(value).upper())
LOGGING = logs.configuration(level=LOG_LEVEL, log_file=LOG_FILE, as_json=LOG_FORMAT == "json")
if contradictions := agreed.problems(globals()):
    raise ImproperlyConfigured(contradictions)
