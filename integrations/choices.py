from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    RECEIVING = "receiving", _("wird angenommen")
    PROCESSING = "processing", _("wird verarbeitet")
    DONE = "done", _("abgeschlossen")
    REJECTED = "rejected", _("zurückgewiesen")


class Stage(models.TextChoices):
    """Where an item stands; each stage's work is committed with the step to the next one."""

    RECEIVED = "received", _("angenommen")
    CHECKED = "checked", _("geprüft")
    FILED = "filed", _("abgelegt, Text wird gelesen")
    EXTRACTED = "extracted", _("gelesen, wird durchsuchbar gemacht")
    FINISHED = "finished", _("fertig")


class Outcome(models.TextChoices):
    """How every item ends: filed, duplicate or clearing case; the sum is always the total."""

    OPEN = "", _("offen")
    FILED = "filed", _("abgelegt")
    DUPLICATE = "duplicate", _("Dublette")
    CLEARING = "clearing", _("Klärungsfall")


class ClearingState(models.TextChoices):
    OPEN = "open", _("offen")
    SOLVED = "solved", _("gelöst")
    DISMISSED = "dismissed", _("verworfen")


class ClearingReason(models.TextChoices):
    """Why an item needs a person; the text beside it names file, field and cause."""

    INVALID_ENTRY = "invalid_entry", _("Angaben unvollständig oder falsch")
    FILE_MISSING = "file_missing", _("Datei fehlt")
    FILE_SURPLUS = "file_surplus", _("Datei ohne Eintrag im Index")
    HASH_MISMATCH = "hash_mismatch", _("Prüfsumme stimmt nicht")
    MALWARE = "malware", _("Schadsoftware gemeldet")
    UNKNOWN_UNIT = "unknown_unit", _("Organisationseinheit unbekannt")
    UNKNOWN_ENTRY = "unknown_entry", _("Aktenplaneintrag unbekannt")
    UNKNOWN_OBJECT = "unknown_object", _("Bezugsdokument unbekannt")
    VERSION_CONFLICT = "version_conflict", _("gleiche Fassung, anderer Inhalt")
    VERB_NOT_AVAILABLE = "verb_not_available", _("Auftrag noch nicht ausführbar")
    CRASHED = "crashed", _("Datei lässt sich nicht gefahrlos öffnen")
    CASE_FILE_CLOSED = "case_file_closed", _("Akte ist abgeschlossen oder storniert")
    NOT_PERMITTED = "not_permitted", _("Fachverfahren darf dort nicht ablegen")
    REFUSED = "refused", _("Ablage abgelehnt")


class MailSecurity(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", _("TLS (IMAPS)")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "keine", _("keine (nur auf diesem Rechner)")


class MailOutcome(models.TextChoices):
    """What became of a message of a mailbox."""

    RECEIVED = "eingegangen", _("eingegangen")
    KNOWN = "bekannt", _("war schon eingegangen")
    HELD = "zurueck", _("zurückgestellt")
