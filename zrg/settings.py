"""Every setting of ZRG, grouped; what an operator may change is read from the environment (docs: .env.example)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from zrg import env
from zrg.lib import logs

BASE_DIR = Path(__file__).resolve().parent.parent

# ── Where this process runs ────────────────────────────────────────────────────
ZRG_ENV = env.text("ZRG_ENV", "production")  # production | development | test
if ZRG_ENV not in {"production", "development", "test"}:
    raise ImproperlyConfigured(f"ZRG_ENV={ZRG_ENV!r}: use production, development or test.")
PRODUCTION = ZRG_ENV == "production"
DATA_DIR = Path(env.text("ZRG_DATA_DIR", str(BASE_DIR / ".local"))).resolve()  # embedded services, sandbox state
PORT = env.number("PORT", 8000, at_least=1, at_most=65535)
SANDBOX_PORT = env.number("SANDBOX_PORT", 8900, at_least=1, at_most=65535)

# ── Django ─────────────────────────────────────────────────────────────────────
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. `make up` makes one; in production set 50 random characters.")
PUBLIC_URL = env.url("PUBLIC_URL", f"http://localhost:{PORT}")  # in webhook URLs and deep links
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "zrg.web.views.csrf_failed"
ROOT_URLCONF = "zrg.urls"
WSGI_APPLICATION = "zrg.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "import_export",
    "django_htmx",
    "django_celery_beat",
    "pgtrigger",
    "pghistory",
    "zrg.workspaces",
    "zrg.jobs",
    "zrg.ai",
    "zrg.web",
    "integrations",
    "notifications",
    "leads",
    "inbox",
    "booking",
    "followups",
    "zrg",  # last: connects the wiring when everything else is loaded
]

MIDDLEWARE = [
    "zrg.web.middleware.CorrelationMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "zrg.web.middleware.WebhooksMiddleware",
    "zrg.web.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zrg.web.middleware.SignInMiddleware",
    "zrg.web.middleware.NoPageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "zrg.workspaces.second_factor.StaffSecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

_CONTEXT_PROCESSORS = [
    "django.template.context_processors.debug",
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "zrg.web.context.frame",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "zrg" / "web" / "templates"],
        "OPTIONS": {
            "context_processors": _CONTEXT_PROCESSORS,
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
        },
    }
]

# ── Database ───────────────────────────────────────────────────────────────────
# Unset: `make up` and the tests start an embedded PostgreSQL.
DATABASES: dict[str, dict[str, Any]] = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
_pool = env.number("DATABASE_POOL_SIZE", 0, at_least=0, at_most=500)  # 0: one lasting connection per thread
DATABASES["default"]["CONN_MAX_AGE"] = 0 if _pool else 300
_options = DATABASES["default"].setdefault("OPTIONS", {})  # what the address says stays: sslmode …
_options |= {"connect_timeout": 5, "application_name": "zrg"}
# Hot statements are prepared (zrg/lib/rows.py; the ORM's never are), and applying a delivery does not wait for the disk
# (ADR 9). Off behind a pooler: it hands sessions over, and hides the end of one.
DATABASE_PREPARE = env.flag("DATABASE_PREPARE", default=True)
_options["prepare_threshold"] = 5 if DATABASE_PREPARE else None
if _pool:
    _options |= {"pool": {"min_size": 1, "max_size": _pool, "timeout": 10}}

# ── Redis / Valkey: broker, cache, revision counters, rate limits ──────────────
REDIS_URL = env.text("REDIS_URL", "redis://redis-url-is-unset.invalid:6379/0")
_redis = {
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "zrg",
    "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
}
CACHES = {
    "default": {"BACKEND": "zrg.lib.forgiving_cache.ForgivingCache", **_redis},
    "sessions": {"BACKEND": "zrg.lib.forgiving_cache.SessionCache", **_redis},
}
SESSION_CACHE_ALIAS = "sessions"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# ── Celery: rows are the truth, the broker only makes them fast (spec 04) ──────
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240  # jobs; sweeps set their own 780 / 800
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "polling_interval": 1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# ── People: sign-in, second factor, sessions (spec 01) ─────────────────────────
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_LENGTH = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
if ZRG_ENV == "test":  # thousands of accounts: their passwords guard nothing
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_ENABLED = False  # nobody signs up alone; people are invited
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "zrg.workspaces.accounts.AccountAdapter"  # what a failed sign-in says, where mails lead
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whoever changes how one signs in, its owner is told
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {
    "change_password": "zrg.web.account_forms.ChangePasswordForm",
    "set_password": "zrg.web.account_forms.SetPasswordForm",
    "reset_password_from_key": "zrg.web.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "zrg.web.account_forms.PasswordAgainForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]  # who only reads a mailbox changes no second factor
MFA_ADAPTER = "zrg.workspaces.accounts.MFAAdapter"
MFA_FORMS = {
    "authenticate": "zrg.web.account_forms.CodeForm",
    "reauthenticate": "zrg.web.account_forms.CodeAgainForm",
    "activate_totp": "zrg.web.account_forms.SetUpAppForm",
    "add_webauthn": "zrg.web.account_forms.AddPasskeyForm",
    "edit_webauthn": "zrg.web.account_forms.NamePasskeyForm",
    "login_webauthn": "zrg.web.account_forms.PasskeyForm",
    "authenticate_webauthn": "zrg.web.account_forms.SecondPasskeyForm",
    "reauthenticate_webauthn": "zrg.web.account_forms.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "ZRG"
USERSESSIONS_TRACK_ACTIVITY = False
STAFF_REQUIRES_2FA = env.flag("STAFF_REQUIRES_2FA", default=PRODUCTION)

# ── Safety of the browser side ─────────────────────────────────────────────────
_https = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=PRODUCTION and _https)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^api/cron/"]  # machines follow no redirect
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000 if PRODUCTION and _https else 0, at_least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
# Only who asks for it: browsers carry the preload list for years, and it takes the whole domain in.
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # that is the one about preload
# Sign-in attempts are counted per address: behind a proxy the one it reports, or one attacker locks everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 1 if PRODUCTION and _https else 0, at_least=0)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024 + 1  # webhooks answer 413 themselves above 2 MiB (spec 02)

# ── Static files ───────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
# Collected for production only; development serves each app's own files.
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles"))) if PRODUCTION else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = ZRG_ENV == "development"  # a changed file is served without a restart
WHITENOISE_MAX_AGE = 31_536_000 if PRODUCTION else 60

# ── Mail to our own people (invitations, password resets) ──────────────────────
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10  # seconds for each word with the mail server: somebody waits for a page
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "ZRG <no-reply@zrg.example.com>")
vars().update(env.email("EMAIL_URL"))  # smtp+tls://user:password@host:587; unset → the console

# ── API ────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

# ── Secrets at rest and in headers ─────────────────────────────────────────────
CREDENTIALS_KEYS = env.words("CREDENTIALS_KEYS")  # Fernet keys, newest first; old ones stay for reading
CRON_SECRET = env.text("CRON_SECRET")  # unset → every cron endpoint answers 503
METRICS_TOKEN = env.text("METRICS_TOKEN")  # unset → /metrics answers 404

# ── Providers: base URLs and global credentials ────────────────────────────────
SANDBOX_URL = env.url("SANDBOX_URL")  # development and tests; production refuses to start with it
EMAILBISON_BASE_URL = f"{SANDBOX_URL}/emailbison" if SANDBOX_URL else ""  # unset: https://<the connection's host>
GHL_BASE_URL = env.url("GHL_BASE_URL", f"{SANDBOX_URL}/ghl" if SANDBOX_URL else "https://services.leadconnectorhq.com")
SMARTLEAD_BASE_URL = env.url(
    "SMARTLEAD_BASE_URL", f"{SANDBOX_URL}/smartlead" if SANDBOX_URL else "https://server.smartlead.ai"
)
INSTANTLY_BASE_URL = env.url(
    "INSTANTLY_BASE_URL", f"{SANDBOX_URL}/instantly" if SANDBOX_URL else "https://api.instantly.ai"
)
UNIPILE_DSN = env.text("UNIPILE_DSN")  # host:port of the dashboard
UNIPILE_BASE_URL = f"{SANDBOX_URL}/unipile" if SANDBOX_URL else ""  # unset: https://<UNIPILE_DSN>
UNIPILE_API_KEY = env.text("UNIPILE_API_KEY")
UNIPILE_WEBHOOK_SECRET = env.text("UNIPILE_WEBHOOK_SECRET")
GHL_WEBHOOK_PUBLIC_KEY = env.text("GHL_WEBHOOK_PUBLIC_KEY")  # Ed25519 PEM body of app webhooks; unset → not required
GHL_WEBHOOK_LEGACY_PUBLIC_KEY = env.text("GHL_WEBHOOK_LEGACY_PUBLIC_KEY")
SLACK_BASE_URL = env.url("SLACK_BASE_URL", f"{SANDBOX_URL}/slack/api" if SANDBOX_URL else "https://slack.com/api")
SLACK_BOT_TOKEN = env.text("SLACK_BOT_TOKEN")  # the global bot: messages to reviewers; unset → drafts wait on the page
SLACK_SIGNING_SECRET = env.text("SLACK_SIGNING_SECRET")  # unset → clicks in Slack are refused
SLACK_WEBHOOK_URL = env.text(
    "SLACK_WEBHOOK_URL", f"{SANDBOX_URL}/slack/services/T0DEMO/B0DEMO/alerts" if SANDBOX_URL else ""
)  # health alerts; unset → none
# What one LinkedIn account sends, all workers together; what is above waits (providers/unipile/README.md)
LINKEDIN_MESSAGES_PER_DAY = env.number("LINKEDIN_MESSAGES_PER_DAY", 100, at_least=0, at_most=150)
LINKEDIN_INVITATIONS_PER_DAY = env.number("LINKEDIN_INVITATIONS_PER_DAY", 80, at_least=0, at_most=100)
LINKEDIN_INVITATIONS_PER_WEEK = env.number("LINKEDIN_INVITATIONS_PER_WEEK", 200, at_least=0, at_most=200)
LINKEDIN_PROFILES_PER_DAY = env.number("LINKEDIN_PROFILES_PER_DAY", 100, at_least=0, at_most=100)
PROVIDER_TIMEOUT_S = env.number("PROVIDER_TIMEOUT_S", 20, at_least=1, at_most=60)

# ── The model (spec 05): works without a key, each feature with its safe fallback ─
# The sandbox speaks the same API by rules; a key of your own talks to the real one, in development too.
OPENAI_API_KEY = env.text(
    "OPENAI_API_KEY", "sk-sandbox-demo" if SANDBOX_URL and not env.flag("AI_OFF", default=False) else ""
)
OPENAI_BASE_URL = env.url(
    "OPENAI_BASE_URL",
    f"{SANDBOX_URL}/openai/v1"
    if OPENAI_API_KEY.startswith("sk-sandbox") and SANDBOX_URL
    else "https://api.openai.com/v1",
)
if PRODUCTION and not OPENAI_BASE_URL.startswith(("https://", "http://localhost", "http://127.0.0.1", "http://[::1]")):
    raise ImproperlyConfigured("OPENAI_BASE_URL must begin with https://: what leads wrote goes there.")
AI_MODELS = {  # task → model id; ids expire, so they are settings: AI_MODEL_STRATEGY=… (providers/openai.md)
    "strategy": env.text("AI_MODEL_STRATEGY", "gpt-5.1"),
    "draft": env.text("AI_MODEL_DRAFT", "gpt-5.1"),
    "verify": env.text("AI_MODEL_VERIFY", "gpt-5.4-mini"),
    "evaluate": env.text("AI_MODEL_EVALUATE", "gpt-5.4-mini"),
    "overseer": env.text("AI_MODEL_OVERSEER", "gpt-5.4-mini"),
    "qualification": env.text("AI_MODEL_QUALIFICATION", "gpt-5.4-mini"),
    "classify": env.text("AI_MODEL_CLASSIFY", "gpt-5.4-mini"),
    "parse": env.text("AI_MODEL_PARSE", "gpt-5.4-nano"),
    "signature": env.text("AI_MODEL_SIGNATURE", "gpt-5.4-nano"),
}
AI_FALLBACK_MODELS = env.words("AI_FALLBACK_MODELS", "gpt-5.4,gpt-5.4-mini")  # tried where a model was retired
# US dollars for a million input, cached input and output tokens; AI_PRICES=gpt-5.1:1.25/0.125/10,… overrides
AI_PRICES = env.prices(
    "AI_PRICES",
    "gpt-5.1:1.25/0.125/10,gpt-5.4:2.5/0.25/15,gpt-5.4-mini:0.75/0.075/4.5,gpt-5.4-nano:0.2/0.02/1.25",
)
AI_DRAFT_TIMEOUT_S = env.number("AI_DRAFT_TIMEOUT_S", 60, at_least=10, at_most=120)

# ── Kill switches and limits (spec 04, 06, 13) ─────────────────────────────────
AUTO_SEND_DISABLED = env.flag("AUTO_SEND_DISABLED", default=False)
FOLLOWUPS_DRY_RUN = env.flag("FOLLOWUPS_DRY_RUN", default=False)
CRON_BACKGROUND_JOBS_ENABLED = env.flag("CRON_BACKGROUND_JOBS_ENABLED", default=True)
CRON_PAYLOAD_RETENTION_ENABLED = env.flag("CRON_PAYLOAD_RETENTION_ENABLED", default=True)
CRON_AI_RETENTION_ENABLED = env.flag("CRON_AI_RETENTION_ENABLED", default=True)
WEBHOOK_PAYLOAD_DAYS = env.number("WEBHOOK_PAYLOAD_DAYS", 3, at_least=0)
WEBHOOK_EVENT_CRON_LIMIT = env.number("WEBHOOK_EVENT_CRON_LIMIT", 25, at_least=1, at_most=200)
BACKGROUND_JOB_CRON_LIMIT = env.number("BACKGROUND_JOB_CRON_LIMIT", 10, at_least=1, at_most=200)
WEBHOOK_EVENT_CRON_TIME_BUDGET_MS = env.number("WEBHOOK_EVENT_CRON_TIME_BUDGET_MS", 45_000, at_least=5_000)
BACKGROUND_JOB_CRON_TIME_BUDGET_MS = env.number("BACKGROUND_JOB_CRON_TIME_BUDGET_MS", 240_000, at_least=10_000)
WEBHOOK_EVENT_STALE_LOCK_MS = env.number("WEBHOOK_EVENT_STALE_LOCK_MS", 600_000, at_least=60_000)
BACKGROUND_JOB_STALE_LOCK_MS = env.number("BACKGROUND_JOB_STALE_LOCK_MS", 600_000, at_least=60_000)

# ── Logs: JSON lines with the correlation id, nothing personal (spec 13) ───────
LOGGING = logs.config(json=PRODUCTION or env.flag("LOG_JSON", default=False), level=env.text("LOG_LEVEL", "INFO"))

# ── The admin ──────────────────────────────────────────────────────────────────
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True  # what leads call themselves must not run in a spreadsheet
IMPORT_EXPORT_USE_TRANSACTIONS = True
UNFOLD = {
    "SITE_TITLE": "ZRG operations",
    "SITE_HEADER": "ZRG operations",
    "SITE_URL": "/",
    "SITE_SYMBOL": "monitoring",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("zrg/icon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "zrg.operations.environment",
    "DASHBOARD_CALLBACK": "zrg.operations.dashboard",
    "STYLES": [lambda _: static("zrg/admin.css")],
    "SCRIPTS": [lambda _: static("zrg/admin.js")],
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": "zrg.operations.navigation"},
    "COMMAND": {"search_callback": "zrg.operations.search"},
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {  # the product's blue (zrg/web/static/zrg/tokens.css)
            "50": "oklch(.975 .012 262)",
            "100": "oklch(.952 .022 262)",
            "200": "oklch(.9 .05 262)",
            "300": "oklch(.83 .09 262)",
            "400": "oklch(.765 .115 262)",
            "500": "oklch(.66 .15 262)",
            "600": "oklch(.515 .185 262)",
            "700": "oklch(.45 .18 262)",
            "800": "oklch(.39 .15 262)",
            "900": "oklch(.34 .12 262)",
            "950": "oklch(.25 .08 262)",
        }
    },
}
