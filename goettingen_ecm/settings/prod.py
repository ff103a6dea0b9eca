"""Production: refuses to start with demo logins, default keys or debug (refusals.py)."""

import os

from django.core.exceptions import ImproperlyConfigured

from goettingen_ecm.settings import environment
from goettingen_ecm.settings.base import *
from goettingen_ecm.settings.refusals import problems

if _found := problems(os.environ):
    raise ImproperlyConfigured("Die eAkte startet nicht:\n" + "\n".join(f"- {p}" for p in _found))

DEBUG = False
DEMO = False

# TLS ends at the city's reverse proxy; only then may its header be believed.
if environment.flag("ECM_BEHIND_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Without it the login's rate limit would count every person as the proxy.
    ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ECM_PROXY_COUNT", "1"))
SECURE_SSL_REDIRECT = True
# The container's own health check speaks plain http inside the container.
SECURE_REDIRECT_EXEMPT = [r"^gesundheit/"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# A city's host below its own domain cannot enter the browsers' preload list.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sitzung"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("ECM_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ECM_SMTP_PORT", "25"))
EMAIL_USE_TLS = environment.flag("ECM_SMTP_TLS")
# A mail server that does not answer must not hold a worker.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("ECM_MAIL_FROM", "eakte@localhost")
