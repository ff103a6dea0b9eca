"""What all environments share. Secrets and addresses come from the environment (environment.py)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.db.models import Lookup
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.settings import environment

# Lets ModelAdmin[...] and friends be written with their type at run time.
django_stubs_ext.monkeypatch(extra_classes=[Lookup])

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("ECM_VAR_DIR", BASE_DIR / "var"))
TEST_DATA_DIR = Path(os.environ.get("ECM_TEST_DATA", BASE_DIR.parent / "shared" / "data"))

SECRET_KEY = os.environ.get("ECM_SECRET_KEY", "")
# After a change of key: the old ones, until every session and second factor is renewed.
SECRET_KEY_FALLBACKS = environment.words("ECM_SECRET_KEY_FALLBACKS")
AUDIT_KEY = os.environ.get("ECM_AUDIT_KEY", "")
DEBUG = False
DEMO = environment.flag("ECM_DEMO")
# An instance to practise on: a banner on every page, and it may be reset.
TRAINING = environment.flag("ECM_TRAINING")
ALLOWED_HOSTS = environment.words("ECM_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.words("ECM_TRUSTED_ORIGINS")
SITE_ADDRESS = os.environ.get("ECM_SITE_ADDRESS", "http://localhost:8000")
CITY_NAME = os.environ.get("ECM_CITY_NAME", "Musterstadt an der Leine")

INSTALLED_APPS = [
    "goettingen_ecm.desk.apps.DeskConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "simple_history",
    "csp",
    "django_htmx",
    "template_partials",
    "django_prometheus",
    "goettingen_ecm.operations.apps.OperationsConfig",
    "goettingen_ecm.audit.apps.AuditConfig",
    "goettingen_ecm.accounts.apps.AccountsConfig",
    "goettingen_ecm.access.apps.AccessConfig",
    "workflows.apps.WorkflowsConfig",
    "records.apps.RecordsConfig",
    "complaints.apps.ComplaintsConfig",
    "integrations.apps.IntegrationsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "goettingen_ecm.operations.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "goettingen_ecm.accounts.middleware.SessionLockMiddleware",
    "goettingen_ecm.access.middleware.OneStateOfRightsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "goettingen_ecm.operations.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "goettingen_ecm.urls"
WSGI_APPLICATION = "goettingen_ecm.wsgi.application"
FORM_RENDERER = "goettingen_ecm.desk.forms.KernRenderer"

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
                "goettingen_ecm.desk.context.frame",
            ],
        },
    },
]

# The web and the workers run as a role that cannot change the audit; migrations run as the owner.
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://ecm_app@localhost/ecm")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
DATABASES: dict[str, dict[str, Any]] = {"default": environment.database(DATABASE_URL)}
DATABASE_APP_ROLE = os.environ.get("ECM_APP_ROLE", "ecm_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "goettingen_ecm.operations.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ecm",
        "TIMEOUT": 300,
        # A hanging server is as bad as a lost one: nobody waits for the cache.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    },
}

# A lost Redis logs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_LOCK_AFTER = timedelta(minutes=int(os.environ.get("ECM_SESSION_LOCK_MINUTES", "30")))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "goettingen_ecm.desk.error_views.csrf_failure"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "goettingen_ecm.accounts.backends.StaffBackend",
    "goettingen_ecm.access.backends.ScopeBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "goettingen_ecm.accounts.adapters.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "60/m/ip",
    "login_failed": "10/5m/ip,5/5m/key",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
# The session lock decides how long a login lasts, not a box to tick.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "goettingen_ecm.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "eAkte"
# Offices decide: with this setting nobody works without a second factor.
MFA_REQUIRED = environment.flag("ECM_MFA_REQUIRED")

GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_ENABLED = True

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("ECM_STATIC_DIR", VAR_DIR / "static"))
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    ("handbook", BASE_DIR / "docs" / "handbook" / "images"),
    ("kern", BASE_DIR / "node_modules" / "@kern-ux" / "native" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "unused-media"

BLOB_DIR = VAR_DIR / "blobs"
PAGE_IMAGE_DIR = VAR_DIR / "cache" / "pages"
ANALYSER_CACHE_DIR = VAR_DIR / "cache" / "analyser"
AUDIT_ANCHOR_DIR = Path(os.environ.get("ECM_AUDIT_ANCHOR_DIR", VAR_DIR / "anchors"))
DROP_DIR = Path(os.environ.get("ECM_DROP_DIR", VAR_DIR / "drop"))
# Documents an import works on at once: larger is faster, smaller waits less for one another.
# How long a finished delivery stays in the drop folder before its folder is removed.
DELIVERIES_KEPT = timedelta(days=int(os.environ.get("ECM_DELIVERIES_KEPT_DAYS", "30")))
IMPORT_BATCH = int(os.environ.get("ECM_IMPORT_BATCH", "200"))
# Overdue for so many working days, a follow-up also reaches the head of the unit (W5).
FOLLOW_UP_ESCALATION_DAYS = int(os.environ.get("ECM_FOLLOW_UP_ESCALATION_DAYS", "3"))
# A Bearbeitungssperre ends by itself after so many hours of the office's opening time (W8).
OFFICE_HOURS = (7, 18)
CHECK_OUT_HOURS = int(os.environ.get("ECM_CHECK_OUT_HOURS", "8"))
# Only the fault tests let a worker be killed at named places (integrations.pipeline.faultpoints).
FAULT_POINTS_ALLOWED = False
# Certificates (.pem, .crt, .cer, .der) of authorities whose signatures are trusted.
SIGNATURE_ANCHOR_DIR = os.environ.get("ECM_SIGNATURE_ANCHOR_DIR", "")
# Editing in Word and LibreOffice: how long a secret address lives at most, and the scratch area.
WEBDAV_SHARE_HOURS = int(os.environ.get("ECM_WEBDAV_SHARE_HOURS", "10"))
WEBDAV_SCRATCH_DIR = VAR_DIR / "webdav"
WEBDAV_SCRATCH_MAX_BYTES = int(os.environ.get("ECM_WEBDAV_SCRATCH_MAX_MB", "200")) * 1024 * 1024
CLAMD_URL = os.environ.get("ECM_CLAMD_URL", "")

# Break-glass (Notzugriff): how long the file stays visible.
EMERGENCY_ACCESS_HOURS = int(os.environ.get("ECM_EMERGENCY_ACCESS_HOURS", "24"))
UPLOAD_MAX_BYTES = int(os.environ.get("ECM_UPLOAD_MAX_MB", "200")) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR: Path | None = None
FILE_UPLOAD_PERMISSIONS = 0o600

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TIMEZONE = "Europe/Berlin"
# Sealing and the outbox never wait behind an import: a worker of their own listens to "quick".
CELERY_TASK_ROUTES = {
    "goettingen_ecm.audit.tasks.*": {"queue": "quick"},
    "goettingen_ecm.operations.tasks.deliver_outbox": {"queue": "quick"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "nudge-deliveries": {
        "task": "integrations.tasks.nudge_deliveries",
        "schedule": 10.0,
        # While every worker is busy importing, calls must not pile up.
        "options": {"expires": 9.0},
    },
    "deliver-outbox": {"task": "goettingen_ecm.operations.tasks.deliver_outbox", "schedule": 5.0},
    "continue-jobs": {
        "task": "goettingen_ecm.operations.tasks.continue_jobs",
        "schedule": 10.0,
        "options": {"expires": 9.0},
    },
    # A message nobody took in time is dropped, or they would pile up while the worker is away.
    "seal-audit": {
        "task": "goettingen_ecm.audit.tasks.seal_audit",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "audit-partitions": {
        "task": "goettingen_ecm.audit.tasks.create_partitions",
        "schedule": timedelta(hours=12),
    },
    "collect-blobs": {"task": "records.tasks.collect_blobs", "schedule": timedelta(hours=6)},
    # Writing a mail calls the worker at once; this is for what could not be sent then.
    "send-mails": {
        "task": "records.tasks.send_mails",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    "fetch-mailboxes": {
        "task": "integrations.tasks.fetch_mailboxes",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    "remove-finished-folders": {
        "task": "integrations.tasks.remove_finished_folders",
        "schedule": crontab(hour=5, minute=30),
    },
    "remove-old-staff-lists": {
        "task": "goettingen_ecm.access.tasks.remove_old_staff_lists",
        "schedule": crontab(hour=4, minute=45),
    },
    "remind-of-overdue-papers": {
        "task": "records.tasks.remind_of_overdue_papers",
        "schedule": crontab(hour=3, minute=50),
    },
    "count-search-words": {
        "task": "records.tasks.count_search_words",
        "schedule": crontab(hour=4, minute=15),
    },
    "follow-word-list": {
        "task": "records.tasks.follow_word_list",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    # Who was written to is not due again this day: the later calls are for mails that failed.
    "mail-search-news": {
        "task": "records.tasks.mail_search_news",
        "schedule": crontab(hour="5-17", minute=20),
        "options": {"expires": 3000.0},
    },
    # Bearbeitungssperren end by themselves; what an editor saved until then becomes a draft.
    # Filing calls the worker at once; this is for what could not be checked then.
    "check-signatures": {
        "task": "records.tasks.check_signatures",
        "schedule": 30.0,
        "options": {"expires": 28.0},
    },
    "settle-working-copies": {
        "task": "records.tasks.settle_working_copies",
        "schedule": 300.0,
        "options": {"expires": 290.0},
    },
    "tidy-webdav": {
        "task": "integrations.tasks.tidy_webdav",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    "end-emergency-accesses": {
        "task": "records.tasks.end_emergency_accesses",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    # A call nobody takes in time is dropped: the next one finds the same files waiting.
    "render-office-files": {
        "task": "records.tasks.render_office_files",
        "schedule": 20.0,
        "options": {"expires": 18.0},
    },
    # Rights change at midnight by their days; this only hands the work over.
    "carry-out-staff-moves": {
        "task": "records.tasks.carry_out_staff_moves",
        "schedule": 300.0,
        "options": {"expires": 290.0},
    },
    # The same for units that are merged or split.
    "carry-out-unit-changes": {
        "task": "records.tasks.carry_out_unit_changes",
        "schedule": 300.0,
        "options": {"expires": 290.0},
    },
    # The version holds from midnight on; this only lets files follow what was moved.
    "bring-plans-into-force": {
        "task": "records.tasks.bring_plans_into_force",
        "schedule": 300.0,
        "options": {"expires": 290.0},
    },
    "index-stale-documents": {"task": "records.tasks.index_stale_documents", "schedule": 20.0},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ECM_LOG_LEVEL", "INFO")},
    # A line per nudge would drown what matters; failures are warnings and errors.
    "loggers": {
        # Its lines name addresses, and those are secrets.
        "wsgidav": {"level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
