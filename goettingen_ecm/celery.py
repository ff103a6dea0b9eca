"""The Celery application: imports, indexing, outbox delivery, sealing."""

import os

from celery import Celery

import goettingen_ecm.operations.heartbeat  # noqa: F401 - connects its signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goettingen_ecm.settings.dev")

app = Celery("goettingen_ecm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
