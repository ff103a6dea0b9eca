"""What people read: German sentences, an object's entries in pages."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from goettingen_ecm.audit.actions import Names, actions, register_action, sentence_for
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.audit.partitions import create_partitions
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.audit.selectors import entries_for_object
from goettingen_ecm.operations import clock

NAMES = Names(
    people={5: "Frau Brandt", 6: "Herr Voss"},
    objects={("records.case_file", 9): "die Akte 50.11.02/0007"},
    fields={"title": "Betreff", "sort_date": "Datum"},
)


@pytest.fixture
def opened() -> Iterator[str]:
    """An action registered for one test."""
    key = "tests.opened"
    register_action(
        key, "{actor} hat {object} geöffnet", refused="{actor} durfte {object} nicht öffnen"
    )
    yield key
    del actions._entries[key]


def shown(action: str, **values: Any) -> str:
    defaults: dict[str, Any] = {
        "actor_id": 5,
        "system": "",
        "object_type": "records.case_file",
        "object_id": 9,
        "fields": [],
        "purpose": "",
        "outcome": "ok",
    }
    return sentence_for(AuditEntry(action=action, **defaults | values), NAMES)


def test_a_sentence_names_person_and_object(opened: str) -> None:
    assert shown(opened) == "Frau Brandt hat die Akte 50.11.02/0007 geöffnet"


def test_a_substitute_is_shown_as_such(opened: str) -> None:
    sentence = shown(opened, on_behalf_of_id=6)
    assert sentence.startswith("Frau Brandt (in Vertretung für Herr Voss) hat")


def test_systems_act_under_their_name(opened: str) -> None:
    assert shown(opened, actor_id=None, system="OPEN/PROSOZ").startswith("OPEN/PROSOZ hat")
    assert shown(opened, actor_id=None).startswith("Das System hat")


def test_unknown_ids_are_shown_as_numbers(opened: str) -> None:
    sentence = shown(opened, actor_id=77, object_id=88)
    assert sentence == "Person Nr. 77 hat den Gegenstand Nr. 88 geöffnet"
    assert shown(opened, object_id=None) == "Frau Brandt hat den Bestand geöffnet"


def test_a_refused_attempt_reads_as_one(opened: str) -> None:
    assert (
        shown(opened, outcome="refused") == "Frau Brandt durfte die Akte 50.11.02/0007 nicht öffnen"
    )
    assert shown("audit.search.protected", outcome="refused") == (
        "Verweigert: Frau Brandt hat in einem geschützten Bereich gesucht"
    )


def test_changed_fields_appear_by_their_labels() -> None:
    register_action("tests.changed", "{actor} hat {object} geändert ({fields}), Grund: {purpose}")
    try:
        one = shown("tests.changed", fields=["title"], purpose="Tippfehler")
        two = shown("tests.changed", fields=["title", "remark"])
    finally:
        del actions._entries["tests.changed"]
    assert one.endswith("(Feld Betreff), Grund: Tippfehler")
    assert "(Felder Betreff, remark)" in two


def test_an_action_nobody_registered_is_still_readable() -> None:
    assert shown("old.action") == "Frau Brandt hat die Akte 50.11.02/0007 bearbeitet (old.action)"


def test_a_key_registers_once(opened: str) -> None:
    with pytest.raises(ValueError, match="registered already"):
        register_action(opened, "{actor}")


@pytest.mark.django_db
def test_an_objects_entries_come_newest_first_in_pages() -> None:
    start = datetime(2031, 1, 30, tzinfo=UTC)
    create_partitions(first=start.date(), months=2)
    for day in range(5):
        with clock.fixed(start + timedelta(days=day)):
            record([_about(9, day), _about(9, day + 100), _about(10, day)])
    pages, before = [], None
    while page := entries_for_object("records.case_file", 9, limit=3, before=before):
        pages.append([one.operation_id for one in page])
        before = (page[-1].recorded_at, page[-1].id)
    assert pages == [[104, 4, 103], [3, 102, 2], [101, 1, 100], [0]]
    assert entries_for_object("records.document", 9) == []


def _about(object_id: int, operation_id: int) -> AuditRecord:
    return AuditRecord(
        "tests.opened",
        object_type="records.case_file",
        object_id=object_id,
        operation_id=operation_id,
    )


RECORDERS = {"record_changes", "record_read", "record_reads", "AuditRecord"}


def _recorded_keys(path: Path) -> Iterator[str]:
    """String literals given as the action to the functions that write entries."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in RECORDERS:
            continue
        named = [one.value for one in node.keywords if one.arg == "action"]
        for value in [*node.args[:1], *named]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_action_the_code_records_has_a_sentence() -> None:
    packages = ("goettingen_ecm", "workflows", "records", "complaints", "integrations")
    found = {
        key: path.relative_to(django_settings.BASE_DIR).as_posix()
        for package in packages
        for path in (Path(django_settings.BASE_DIR) / package).rglob("*.py")
        for key in _recorded_keys(path)
    }
    missing = {key: path for key, path in found.items() if key not in actions.names()}
    assert missing == {}
