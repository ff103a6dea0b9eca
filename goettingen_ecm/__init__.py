"""The project and the platform every domain app stands on."""

from goettingen_ecm.celery import app as celery_app

__all__ = ["celery_app"]
