"""The desk's keys, for the overlay and the page "Tastenkürzel". Pages add keys by ``data-key``."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """One key or combination and what it does."""

    keys: tuple[str, ...]
    does: str | Promise


KEY_GROUPS: tuple[tuple[str | Promise, tuple[Key, ...]], ...] = (
    (
        _("Überall"),
        (
            Key(("/",), _("Suchfeld")),
            Key(("?",), _("Diese Übersicht")),
            Key(("Esc",), _("Überlagerung schließen")),
        ),
    ),
    (
        _("In Listen"),
        (
            Key(("j",), _("nächste Zeile")),
            Key(("k",), _("vorige Zeile")),
            Key(("Enter",), _("Zeile öffnen")),
            Key(("x",), _("Zeile auswählen")),
        ),
    ),
    (
        _("In der Akte"),
        (
            Key(("j",), _("nächstes Dokument")),
            Key(("k",), _("voriges Dokument")),
            Key(("n",), _("Neues Dokument")),
            Key(("e",), _("Bearbeiten")),
            Key(("w",), _("Wiedervorlage")),
            Key(("v",), _("Vermerk schreiben")),
            Key(("m",), _("Dokument kommentieren")),
            Key(("z",), _("Zeichnen")),
        ),
    ),
)
