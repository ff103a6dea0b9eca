"""German sentences of what the operator desk writes into the audit."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

SENTENCES = {
    "integrations.api_token.made": _("{actor} hat den Zugangsschlüssel {object} angelegt"),
    "integrations.api_token.revoked": _("{actor} hat den Zugangsschlüssel {object} gesperrt"),
    "integrations.webdav.opened": _(
        "{actor} hat eine Adresse zum Bearbeiten von {object} in Word oder LibreOffice erhalten"
    ),
    "integrations.training.reset": _("{actor} hat die Schulungsinstanz zurückgesetzt"),
    "integrations.mailbox.followed_unit": _(
        "{object} füllt nach einer Umgliederung den Korb der neuen Einheit ({actor})"
    ),
    "integrations.clearing.retried": _("{actor} hat {object} erneut verarbeiten lassen"),
    "integrations.clearing.assigned": _("{actor} hat {object} von Hand zugeordnet"),
    "integrations.clearing.dismissed": _("{actor} hat {object} verworfen"),
}

for key, sentence in SENTENCES.items():
    register_action(key, sentence)
