from django.db import models
from django.utils.translation import gettext_lazy as _


class Series(models.TextChoices):
    """How often a follow-up comes back once it is done."""

    NONE = "keine", _("einmalig")
    WEEKLY = "woechentlich", _("jede Woche")
    MONTHLY = "monatlich", _("jeden Monat")
    YEARLY = "jaehrlich", _("jedes Jahr")
