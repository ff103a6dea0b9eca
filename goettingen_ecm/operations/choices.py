from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("wartet")
    RUNNING = "running", _("läuft")
    DONE = "done", _("fertig")
    ABORTED = "aborted", _("abgebrochen")
    FAILED = "failed", _("gescheitert")


class JobItemOutcome(models.TextChoices):
    OPEN = "open", _("offen")
    CHANGED = "changed", _("geändert")
    UNCHANGED = "unchanged", _("unverändert")
    REFUSED = "refused", _("abgelehnt")
