"""WSGI entry point for gunicorn: Django's pages, and beside them what editors ask for (WebDAV)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goettingen_ecm.settings.dev")

_django = get_wsgi_application()

# Only now the apps are loaded, which its models need.
from integrations.webdav.application import beside_django  # noqa: E402

application = beside_django(_django)
