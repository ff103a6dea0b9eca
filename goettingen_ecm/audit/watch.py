"""For ``manage.py doctor``: does the sealer keep up, can anchors be written?"""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext, gettext_lazy

from goettingen_ecm.audit.selectors import seal_state
from goettingen_ecm.operations.capabilities import Capability, Finding, capabilities

# Beat seals every few seconds; a long transaction may hold it back for a while.
TOO_LATE = timedelta(minutes=5)


def sealer() -> Finding:
    """Entries are sealed in time and the anchors' folder takes new ones."""
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(False, gettext("%(folder)s ist nicht beschreibbar") % {"folder": folder})
    try:
        state = seal_state()
    except DatabaseError as error:
        return Finding(False, str(error).strip().splitlines()[0])
    words = {"sealed": state.sealed, "unsealed": state.unsealed}
    text = gettext("%(sealed)s Einträge versiegelt, %(unsealed)s noch nicht") % words
    return Finding(state.lag < TOO_LATE, text)


def register() -> None:
    """Called once at start-up."""
    capability = Capability(
        gettext_lazy("Versiegelung des Protokolls"),
        sealer,
        gettext_lazy("Änderungen am Protokoll fallen später auf: läuft der Worker mit beat?"),
    )
    capabilities.register("audit_sealer", capability, order=3)
