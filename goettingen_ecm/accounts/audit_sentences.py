"""Sentences of what happens to people and their roles."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

MEMBERSHIP_CHANGED = "accounts.membership.changed"

register_action(MEMBERSHIP_CHANGED, _("{actor} hat die Rollen von {object} geändert"))
