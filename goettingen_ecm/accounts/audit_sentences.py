"""Sentences of what happens to people and their roles."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

MEMBERSHIP_CHANGED = "accounts.membership.changed"
PERSON_CREATED = "accounts.person.created"
PERSON_CHANGED = "accounts.person.changed"

register_action(MEMBERSHIP_CHANGED, _("{actor} hat die Rollen von {object} geändert"))
register_action(PERSON_CREATED, _("{actor} hat {object} als Person angelegt"))
register_action(PERSON_CHANGED, _("{actor} hat Angaben zu {object} geändert: {fields}"))
