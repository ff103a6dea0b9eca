"""Sentences of the actions that audit itself records."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action
from goettingen_ecm.audit.recording import SEARCH_IN_PROTECTED_CIRCLE
from goettingen_ecm.audit.retention import MONTH_DROPPED, RESTORE_DECLARED

register_action(SEARCH_IN_PROTECTED_CIRCLE, _("{actor} hat in einem geschützten Bereich gesucht"))
register_action(MONTH_DROPPED, _("{actor} hat einen Monat des Protokolls ausgesondert: {purpose}"))
register_action(
    RESTORE_DECLARED, _("{actor} hat die Wiederherstellung aus einer Sicherung erklärt: {purpose}")
)
