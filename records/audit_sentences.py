"""German sentences of what records writes into the audit."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

SENTENCES = {
    "records.case_file.opened": _("{actor} hat {object} angelegt"),
    "records.case_file.read": _("{actor} hat {object} geöffnet"),
    "records.matter.opened": _("{actor} hat {object} angelegt"),
    "records.party.created": _("{actor} hat {object} aufgenommen"),
    "records.document.filed": _("{actor} hat {object} abgelegt"),
    "records.document.read": _("{actor} hat {object} gelesen"),
    "records.document.original_taken": _("{actor} hat das Original von {object} heruntergeladen"),
    "records.document.version_added": _("{actor} hat {object} eine Fassung hinzugefügt"),
    "records.document.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.document.withdrawn": _("{actor} hat {object} für ungültig erklärt"),
}

for key, sentence in SENTENCES.items():
    register_action(key, sentence)
