"""What can be wrong with a delivery, in German sentences that name file, field and reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

INDEX_FILE = "index.json"
SHOWN_VALUE_LENGTH = 60
# Operators see these texts and no contents (requirements S3): only values of these fields are told.
TECHNICAL_FIELDS = frozenset(
    {"schemaVersion", "verfahren", "erstelltAm", "aktion", "fremdVersion", "aktenplanKennzeichen"}
    | {"oe", "vertraulichkeit", "richtung", "zeitraumVon", "zeitraumBis", "datumSchreiben"}
    | {"eingang", "ausgang", "sha256", "groesse", "mime", "rolle"}
)
HIDDEN_VALUE = "Der gelieferte Wert"


@dataclass(frozen=True, slots=True)
class FieldError:
    """A fault in one field. ``path`` like ``eintraege[18].akte.betreff`` (entries count from 1)."""

    path: str
    reason: str
    file: str = INDEX_FILE

    def __str__(self) -> str:
        return f"{self.file}, {self.path}: {self.reason}"


class DeliveryUnreadable(Exception):  # noqa: N818 - a state of the delivery, told to its sender
    """The index as a whole cannot be used; ``errors`` name the fields where there are any."""

    def __init__(self, message: str, errors: Iterable[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)


class SyntaxFault(DeliveryUnreadable):
    """Not JSON: cut off, not UTF-8, nested too deeply, or an entry beyond all bounds."""


class HeaderFault(DeliveryUnreadable):
    """The head is incomplete or names a version of the format that is not known here."""


def field_error(error: Any, prefix: str) -> FieldError:
    """Translate a jsonschema-rs ValidationError; ``prefix`` names where the checked part stands."""
    path = prefix + "".join(_step(step) for step in error.instance_path)
    return FieldError(path.removeprefix(".") or "(Kopf)", reason(error))


def _step(step: str | int) -> str:
    # People count from one.
    return f"[{step + 1}]" if isinstance(step, int) else f".{step}"


def reason(error: Any) -> str:
    """One German sentence for a jsonschema-rs ValidationError."""
    kind = error.kind
    detail = kind.value
    match kind.name:
        case "required":
            return f"Die Pflichtangabe „{detail}“ fehlt."
        case "additionalProperties" | "unevaluatedProperties":
            names = ", ".join(f"„{name}“" for name in detail)
            return f"Unbekannte Angabe {names}; bitte die Schreibweise prüfen."
        case "type":
            return f"{_shown(error)} ist von falscher Art; erwartet: {_types(detail)}."
        case "enum" | "const":
            return f"{_shown(error)} ist nicht vorgesehen; erlaubt: {_allowed(detail)}."
        case "format":
            return f"{_shown(error)} ist {FORMATS.get(detail, 'falsch geschrieben')}."
        case "contains":
            return _main_file(error)
    return _limit(error)


FORMATS = {
    "date": "kein Datum der Form JJJJ-MM-TT",
    "date-time": "kein Zeitpunkt der Form JJJJ-MM-TTThh:mm:ss mit Zeitzone",
}
TYPES = {
    "string": "Text",
    "number": "Zahl",
    "integer": "ganze Zahl",
    "boolean": "wahr/falsch",
    "null": "leer",
    "array": "Liste",
    "object": "Objekt mit benannten Angaben",
}


def _types(names: Any) -> str:
    listed = [names] if isinstance(names, str) else list(names)
    return " oder ".join(TYPES.get(name, name) for name in listed)


def _allowed(options: Any) -> str:
    listed = options if isinstance(options, list) else [options]
    return ", ".join(str(option) for option in listed)


def _shown(error: Any) -> str:
    field = error.instance_path[-1] if error.instance_path else ""
    if field not in TECHNICAL_FIELDS:
        return HIDDEN_VALUE
    text = str(error.instance)
    if len(text) > SHOWN_VALUE_LENGTH:
        text = text[:SHOWN_VALUE_LENGTH] + " …"
    return f"„{text}“"


def _main_file(error: Any) -> str:
    if error.schema_path[-1] == "maxContains":
        return "Mehr als eine Datei hat die Rolle „haupt“; genau eine ist vorgesehen."
    return "Keine Datei hat die Rolle „haupt“; genau eine ist vorgesehen."


def _limit(error: Any) -> str:
    limit = error.kind.value
    match error.kind.name:
        case "maxLength":
            return f"Der Text ist zu lang; erlaubt sind {limit} Zeichen."
        case "minLength":
            return "Der Text ist leer."
        case "maxItems" | "maxProperties":
            return f"Zu viele Angaben; erlaubt sind {limit}."
        case "minItems":
            return f"Zu wenige Angaben; nötig sind {limit}."
        case "minimum":
            return f"Der Wert ist kleiner als {limit}."
        case "pattern":
            return f"{_shown(error)} ist an dieser Stelle nicht erlaubt."
        case "propertyNames":
            return "Ein Name ist leer oder zu lang."
    return f"Die Angabe entspricht nicht dem Schema ({error.kind.name})."
