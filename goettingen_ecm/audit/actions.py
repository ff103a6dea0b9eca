"""The registry of actions: one German sentence per action, rendered for people who read history.

Apps register in a module ``audit_sentences``; it is imported at start-up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goettingen_ecm.audit.choices import Outcome
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.registry import Registry

Text = str | Promise
UNKNOWN = gettext_lazy("{actor} hat {object} bearbeitet ({action})")
REFUSED = gettext_lazy("Verweigert: {sentence}")


@dataclass(frozen=True, slots=True)
class Action:
    """A sentence may use {actor}, {object}, {fields}, {purpose}, {system}, {action}."""

    sentence: Text
    refused: Text | None = None


actions: Registry[Action] = Registry()


def register_action(key: str, sentence: Text, *, refused: Text | None = None) -> None:
    """Make an action known. ``refused`` is the sentence for a denied attempt (default: prefixed).

    Raises ValueError when the key is registered already.
    """
    actions.register(key, Action(sentence, refused))


@dataclass(frozen=True, slots=True)
class Names:
    """What the page knows of the ids in its entries; missing ones are shown as numbers."""

    people: Mapping[int, str] = field(default_factory=dict)
    objects: Mapping[tuple[str, int], str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


def sentence_for(entry: AuditEntry, names: Names) -> str:
    """One German sentence: who did what. Plain text; the template escapes it."""
    known = entry.action in actions.names()
    action = actions.get(entry.action) if known else Action(UNKNOWN)
    words = _words(entry, names)
    if entry.outcome != Outcome.REFUSED:
        return str(action.sentence).format(**words)
    if action.refused is not None:
        return str(action.refused).format(**words)
    return str(REFUSED).format(sentence=str(action.sentence).format(**words))


def _words(entry: AuditEntry, names: Names) -> dict[str, str]:
    return {
        "actor": _actor(entry, names),
        "object": _object(entry, names),
        "fields": _fields(entry, names),
        "purpose": entry.purpose,
        "system": entry.system,
        "action": entry.action,
    }


def _actor(entry: AuditEntry, names: Names) -> str:
    if entry.actor_id is None:
        return entry.system or _("Das System")
    actor = _person(entry.actor_id, names)
    if entry.on_behalf_of_id is None:
        return actor
    absent = _person(entry.on_behalf_of_id, names)
    return _("{actor} (in Vertretung für {absent})").format(actor=actor, absent=absent)


def _person(person_id: int, names: Names) -> str:
    return names.people.get(person_id) or _("Person Nr. {number}").format(number=person_id)


def _object(entry: AuditEntry, names: Names) -> str:
    if entry.object_id is None:
        return _("den Bestand")
    known = names.objects.get((entry.object_type, entry.object_id))
    return known or _("den Gegenstand Nr. {number}").format(number=entry.object_id)


def _fields(entry: AuditEntry, names: Names) -> str:
    labels = [names.fields.get(name, name) for name in entry.fields]
    if not labels:
        return ""
    return ngettext("Feld {list}", "Felder {list}", len(labels)).format(list=", ".join(labels))
