from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles a person holds in a unit (requirements.md §7.1)."""

    CLERK = "sachbearbeitung", _("Sachbearbeitung")
    HEAD = "leitung", _("Leitung")
    SECRETARIAT = "sekretariat", _("Sekretariat")
    REGISTRY = "registratur", _("Registratur")
    MAILROOM = "poststelle", _("Poststelle")
    OBJECTIONS = "widerspruchsstelle", _("Widerspruchsstelle")
    COMPLAINTS = "beschwerdestelle", _("Beschwerdestelle")
    CASHIER = "kasse", _("Kasse")
    ARCHIVE = "stadtarchiv", _("Stadtarchiv")
    DELETION_REVIEW = "loesch_pruefung", _("Lösch-Prüfung")
    AUDITOR = "revision", _("Revision")
    DATA_PROTECTION = "datenschutz", _("Datenschutz")
    STAFF_COUNCIL = "personalvertretung", _("Personalvertretung")
    ADMINISTRATION = "fachadministration", _("Fachadministration")
    CONNECTOR = "schnittstelle", _("Schnittstelle (technisch)")


class Circle(models.TextChoices):
    """Circles of protected data; a principal outside the circle never gets in (requirements.md S3)."""

    NONE = "", _("kein besonderer Kreis")
    SOCIAL = "sozial", _("Sozialgeheimnis")
    TAX = "steuer", _("Steuergeheimnis")
    OFFENCE = "owi", _("Ordnungswidrigkeiten")
    STAFF = "personal", _("Personal")
