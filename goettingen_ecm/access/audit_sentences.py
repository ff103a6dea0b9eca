"""Sentences of what happens to substitutions; the object is the represented person."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

register_action(
    "access.substitution.created", _("{actor} hat eine Vertretung für {object} eingerichtet")
)
register_action("access.substitution.ended", _("{actor} hat eine Vertretung für {object} beendet"))
