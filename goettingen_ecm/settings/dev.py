"""``make run``: the embedded servers, demo city, plain http on this machine."""

import os

os.environ.setdefault("ECM_DEMO", "1")

from goettingen_ecm.settings import environment
from goettingen_ecm.settings.base import *

DEBUG = environment.flag("ECM_DEBUG")
SECRET_KEY = SECRET_KEY or "development-only-never-in-production"
AUDIT_KEY = AUDIT_KEY or "development-only-audit-key"
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = "eAkte Musterstadt <eakte@musterstadt.example>"
