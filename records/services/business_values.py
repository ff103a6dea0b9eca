"""Fachdaten of files: checked before they are written, and kept beside as rows an index finds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import InvalidInput
from records import business_data
from records.models import BusinessDataValue, CaseFile, Document, FileType, FileTypeField
from records.models.file_type import TEXT_CHARS
from records.selectors import file_types
from records.selectors.file_types import EntryRule

TOPIC = "records.business_values.project"
SLICE = 500


def require_business_data(
    wanted: Iterable[tuple[CaseFile, str, Mapping[str, Any]]], rules: Mapping[int, EntryRule]
) -> None:
    """For persons: type and values of files as they are in memory; (file, type before, data before).

    A type that stays may be an expired or undefined one. Raises InvalidInput with field and reason.
    """
    rows = list(wanted)
    types = file_types.types_by_name(one.file_type for one, _type, _data in rows)
    for case_file, type_before, data_before in rows:
        rule = rules[case_file.entry_id]
        found = types.get(case_file.file_type)
        if case_file.file_type != type_before:
            _require_type(case_file.file_type, found, rule)
        elif case_file.file_type == "" and case_file._state.adding:
            _require_type("", None, rule)
        fields = file_types.current(found.fields.all()) if found else []
        business_data.require_valid(
            fields, case_file.business_data, before=data_before, of_entry=rule.required
        )


def _require_type(name: str, found: FileType | None, rule: EntryRule) -> None:
    if not name:
        if rule.allowed:
            raise InvalidInput(
                _("Bitte wählen Sie den Aktentyp: %(types)s.") % {"types": ", ".join(rule.allowed)},
                field="file_type",
            )
        return
    if found is None or not found.is_valid_on(clock.today()):
        raise InvalidInput(
            _("Den Aktentyp „%(name)s“ gibt es nicht (mehr).") % {"name": name}, field="file_type"
        )
    if not rule.takes(name):
        raise InvalidInput(
            _("Der Aktentyp „%(name)s“ ist hier nicht zulässig. Möglich: %(types)s.")
            % {"name": name, "types": ", ".join(rule.allowed)},
            field="file_type",
        )


def project(files: Sequence[CaseFile], *, new: bool = False) -> None:
    """Write the searchable values of files anew, in the caller's transaction."""
    types = file_types.types_by_name(one.file_type for one in files)
    if not new:
        BusinessDataValue.objects.filter(case_file__in=[one.pk for one in files]).delete()
    rows = [
        row
        for one in files
        if one.file_type in types
        for row in _rows(one, types[one.file_type].fields.all())
    ]
    BusinessDataValue.objects.bulk_create(rows, batch_size=1000)


def _rows(case_file: CaseFile, fields: Iterable[FileTypeField]) -> list[BusinessDataValue]:
    made = []
    for field in fields:
        value = business_data.value_of(field, case_file.business_data)
        if field.searchable and value is not None:
            text = business_data.shown(field, value)[:TEXT_CHARS]
            row = BusinessDataValue(case_file=case_file, field=field, text=text)
            if field.kind in business_data.DIGITS:
                row.number = value
            elif hasattr(value, "isoformat"):
                row.day = value
            made.append(row)
    return made


def project_type_later(file_type: FileType, operation: Operation) -> None:
    """What is searchable has changed: values and search rows of all its files follow."""
    outbox.publish(TOPIC, [{"type": file_type.name, "after": 0}], operation)


def continue_projection(payload: Mapping[str, Any]) -> None:
    """The outbox handler: one slice of a type's files, then the message for the next."""
    name, after = str(payload["type"]), int(payload["after"])
    with transaction.atomic():
        rows = CaseFile.objects.select_for_update(no_key=True).filter(file_type=name, pk__gt=after)
        files = list(rows.order_by("pk")[:SLICE])
        project(files)
        Document.objects.filter(case_file__in=files).update(indexed_at=None)
        if len(files) == SLICE:
            outbox.publish(TOPIC, [{"type": name, "after": files[-1].pk}], None)
