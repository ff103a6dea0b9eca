"""Sentences of what the frame itself records."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action
from goettingen_ecm.desk.admin import CHANGED

register_action(CHANGED, _("{actor} hat Stammdaten ({object}) geändert: {fields}"))
