"""Settings: everything that differs between places comes from the environment.

``GONGMAI_DATA`` is the folder of all state (default ``var``), ``DATABASE_URL`` the operational
database (default: SQLite inside that folder).
"""

import os
import secrets
import shlex
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GONGMAI_DATA", "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """Read the installation's secret, creating it once with owner-only rights."""
    if "GONGMAI_SECRET_KEY" in os.environ:
        return os.environ["GONGMAI_SECRET_KEY"]
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("GONGMAI_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("GONGMAI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GONGMAI_ORIGINS", "").split(",") if origin]
USE_HTTPS = os.environ.get("GONGMAI_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "gongmai.ui",
    "gongmai.core.period",
    "gongmai.core.audit",
    "gongmai.core.admission",
    "gongmai.core.backup",
    "gongmai.core.outbox",
    "gongmai.core.access",
    "gongmai.core.registry",
    "gongmai.core.formula",
    "gongmai.core.panel",
    "gongmai.core.disclosure",
    "gongmai.core.review",
    "gongmai.core.document",
    "gongmai.core.attachment",
    "gongmai.core.notify",
    "gongmai.core.personal",
    "gongmai.monitor.filing",
    "gongmai.monitor.rule",
    "gongmai.monitor.indicator",
    "gongmai.monitor.chase",
    "gongmai.monitor.outlook",
    "gongmai.monitor.warning",
    "gongmai.cockpit.dossier",
    "gongmai.cockpit.evidence",
    "gongmai.cockpit.home",
]

MIDDLEWARE = [
    "gongmai.core.access.views.middleware.CallerAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "gongmai.core.access.views.middleware.LenientSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gongmai.core.access.views.middleware.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gongmai.core.access.views.middleware.ActorMiddleware",
    "gongmai.core.audit.views.middleware.ReadingsMiddleware",
    "gongmai.core.access.views.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gongmai.config.urls"
WSGI_APPLICATION = "gongmai.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gongmai.cockpit.home.views.shell.shell",
            ],
            "builtins": ["gongmai.ui.templatetags.display", "gongmai.ui.templatetags.parts"],
        },
    },
]

# How many requests one web process serves at once (the rest wait, or are refused: core.admission), and how
# many a second one session or key may ask of a process for long (0: without limit).
GONGMAI_SLOTS = int(os.environ.get("GONGMAI_SLOTS", "3"))
GONGMAI_CLIENT_RATE = float(os.environ.get("GONGMAI_CLIENT_RATE", "10"))

_default_database = f"sqlite:///{DATA_DIR / 'gongmai.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or _default_database)}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # FULL: an acknowledged return survives a power cut. IMMEDIATE: writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # seconds until "locked"; `gongmai serve` sets less, for people do not wait half a minute
        "timeout": float(os.environ.get("GONGMAI_DATABASE_WAIT", "30")),
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536"
        ),
    }
else:
    # Connections are kept: opening one for each request costs four times the page.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 4
    if os.environ.get("GONGMAI_POOL"):
        # a web process has many threads, of which few work at once: they share a pool
        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": GONGMAI_SLOTS + 2,
            "timeout": 2,
        }
    else:
        DATABASES["default"]["CONN_MAX_AGE"] = 600

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["gongmai.core.access.hashers.RushArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "gongmai.core.access.forms.ProfileValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# mlps (the classified protection scheme) or asvs: see core/access/data/sign_in.yaml
GONGMAI_PASSWORD_PROFILE = os.environ.get("GONGMAI_PASSWORD_PROFILE", "mlps")
# required | offered; unset: required, except in a synthetic city, whose logins are for trying out
GONGMAI_SECOND_FACTOR = os.environ.get("GONGMAI_SECOND_FACTOR", "")
# addresses of proxies whose word on the caller's address counts
GONGMAI_PROXIES = [address for address in os.environ.get("GONGMAI_PROXIES", "").split(",") if address]
LOGIN_URL = "access:sign-in"
LOGIN_REDIRECT_URL = "home:home"
LOGOUT_REDIRECT_URL = "access:sign-in"

# Ten guesses for each account and address in fifteen minutes; another address is not locked out with it.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "gongmai.core.access.views.sign_in.locked_out"
AXES_WHITELIST_CALLABLE = "gongmai.core.access.views.entering.is_from_known_device"
AXES_RESET_ON_SUCCESS = True
# a stranger's further guesses must not keep the name locked for ever
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS: list[str] = []

SESSION_COOKIE_HTTPONLY = True
# the limits that count are those of core/access/data/sign_in.yaml; the cookie outlives the longest of them
SESSION_COOKIE_AGE = 25 * 3600
SESSION_COOKIE_SECURE = USE_HTTPS
CSRF_COOKIE_SECURE = USE_HTTPS
CSRF_COOKIE_HTTPONLY = False
SECURE_SSL_REDIRECT = USE_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if USE_HTTPS else 0
# a bureau shares its domain with others, whom including the subdomains or preloading would bind
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # the chart library and the component styles set style attributes
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "gongmai_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# `gongmai serve` collects the files under hashed names, which browsers keep for ever
HASHED_STATIC = os.environ.get("GONGMAI_HASHED_STATIC") == "1"
_static_storage = (
    "gongmai.config.static.ModuleStaticFilesStorage"
    if HASHED_STATIC
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = DEBUG

# everything but files; a whole return with all its lines is a tenth of this
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "gongmai.core.document.views.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Ports and the adapters that fill them, by dotted path.
GONGMAI_ADAPTERS = {
    "row_evaluator": "gongmai.adapters.sqlite_rows.SqliteRowEvaluator",
    "fact_source": "gongmai.monitor.filing.queries.facts.ApprovedReturns",
    "panel_builder": "gongmai.adapters.duckdb_panel.DuckDBPanelBuilder",
    "panel_engine.duckdb": "gongmai.adapters.duckdb_panel.DuckDBPanelEngine",
    "panel_engine.spark": "gongmai.adapters.spark_panel.SparkPanelEngine",
    "history_reader": "gongmai.adapters.duckdb_import.DuckDBHistoryReader",
    "database_copier.sqlite": "gongmai.adapters.database_copiers.SqliteCopier",
    "database_copier.postgresql": "gongmai.adapters.database_copiers.PostgresCopier",
    "secret_box": "gongmai.adapters.secret_box.FernetBox",
    "suppressor": "gongmai.adapters.highs_suppression.HighsSuppressor",
    "attacker": "gongmai.adapters.highs_attacker.HighsAttacker",
    "forecaster.local": "gongmai.adapters.statsforecast_models.LocalForecaster",
    "seasonal_splitter.stl": "gongmai.adapters.statsmodels_stl.StlSplitter",
    "trial_runner": "gongmai.adapters.duckdb_trial.DuckDBTrialRunner",
    "workbook_reader": "gongmai.adapters.workbook_reader.ChildProcessReader",
    "attachments.return": "gongmai.monitor.filing.actions.vouchers.ReturnVouchers",
    "virus_scanner": "gongmai.adapters.command_scanner.CommandScanner",
    "signer": "gongmai.adapters.sm2_signer.Sm2Signer",
    "workbook_writer": "gongmai.adapters.workbook_writer.XlsxWorkbookWriter",
    "webhook_sender": "gongmai.adapters.webhook_http.FencedSender",
    "moot_check": "gongmai.monitor.chase.queries.moot.FiledMeanwhile",
}
# the command that looks for viruses in attached files, such as "clamdscan --no-summary"; empty: none
GONGMAI_SCAN_COMMAND = shlex.split(os.environ.get("GONGMAI_SCAN_COMMAND", ""))
GONGMAI_FLOW = "gongmai.flow.FLOW"
GONGMAI_TICKS = "gongmai.flow.TICKS"
# Kinds of notices and their words, in the order in which a person's settings show them.
GONGMAI_NOTICES = [
    "monitor/chase/data/notices.yaml",
    "core/access/data/notices.yaml",
    "monitor/warning/data/notices.yaml",
    "core/notify/data/notices.yaml",
]
# The address under which people reach this installation, for links in mails; empty: mails carry no links.
GONGMAI_URL = os.environ.get("GONGMAI_URL", "")
# Hosts (name or name:port, by commas) that webhooks may call by http and inside the private network.
GONGMAI_WEBHOOK_HOSTS = [name for name in os.environ.get("GONGMAI_WEBHOOK_HOSTS", "").split(",") if name]

# Mail leaves through the SMTP server that is named here; where none is, nobody is told by mail.
EMAIL_HOST = os.environ.get("GONGMAI_SMTP_HOST", "")
_SMTP_OVER_TLS = 465
EMAIL_PORT = int(os.environ.get("GONGMAI_SMTP_PORT", _SMTP_OVER_TLS))
EMAIL_HOST_USER = os.environ.get("GONGMAI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("GONGMAI_SMTP_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == _SMTP_OVER_TLS
EMAIL_USE_TLS = os.environ.get("GONGMAI_SMTP_STARTTLS") == "1" and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("GONGMAI_MAIL_FROM", "gongmai@localhost")
GONGMAI_MAIL = bool(EMAIL_HOST)

GONGMAI_DUCKDB_THREADS = int(os.environ.get("GONGMAI_DUCKDB_THREADS", "2"))
GONGMAI_DUCKDB_MEMORY = os.environ.get("GONGMAI_DUCKDB_MEMORY", "2GB")
GONGMAI_SPARK_MASTER = os.environ.get("GONGMAI_SPARK_MASTER", "local[*]")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GONGMAI_LOG", "WARNING")},
}
