from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    OK = "ok", _("ausgeführt")
    REFUSED = "refused", _("verweigert")


class AnchorKind(models.TextChoices):
    """Why a signed anchor was written."""

    SEAL = "seal", _("Versiegelung")
    RETENTION = "retention", _("Ende der Aufbewahrung")
    RESTORE = "restore", _("Wiederherstellung aus einer Sicherung")


class FindingKind(models.TextChoices):
    """What ``verify_audit`` can find; the value is part of its JSON output."""

    STRUCTURE = "structure", _("Tabelle verändert")
    ROW_CHANGED = "row_changed", _("Eintrag verändert")
    ROW_REMOVED = "row_removed", _("Eintrag entfernt")
    ROW_INSERTED = "row_inserted", _("Eintrag nachträglich eingefügt")
    ROW_UNSEALED = "row_unsealed", _("Eintrag ohne Siegel")
    MONTH_DROPPED = "month_dropped", _("Monat entfernt")
    SEAL_CHANGED = "seal_changed", _("Siegel verändert")
    SEAL_REMOVED = "seal_removed", _("Siegel entfernt")
    CHAIN_RECOMPUTED = "chain_recomputed", _("Kette ohne Schlüssel neu gerechnet")
    TAIL_CUT = "tail_cut", _("Ende abgeschnitten")
    ANCHOR_CHANGED = "anchor_changed", _("Anker verändert")
    ANCHOR_REMOVED = "anchor_removed", _("Anker entfernt")
