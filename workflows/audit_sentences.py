"""German sentences of what workflows writes into the audit; the object is the target."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

SENTENCES = {
    "workflows.follow_up.created": _("{actor} hat eine Wiedervorlage zu {object} angelegt"),
    "workflows.follow_up.completed": _("{actor} hat eine Wiedervorlage zu {object} erledigt"),
    "workflows.follow_up.postponed": _("{actor} hat eine Wiedervorlage zu {object} verschoben"),
    "workflows.follow_up.handed_over": _("{actor} hat eine Wiedervorlage zu {object} übergeben"),
    "workflows.follow_up.reopened": _(
        "{actor} hat die Erledigung einer Wiedervorlage zu {object} zurückgenommen"
    ),
}

for key, sentence in SENTENCES.items():
    register_action(key, sentence)
