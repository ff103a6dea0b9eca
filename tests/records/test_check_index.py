"""Every way in which a search row can be wrong is found, named and mended."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from records.models import Document, SearchEntry
from records.selectors.search import search
from records.services.index_check import Fault, check_index, repair
from tests import stories
from tests.personas import CLERK_SOCIAL, person


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def rows_of(document: Document) -> Any:
    return SearchEntry.objects.filter(document_id=document.pk)


def remove(document: Document) -> None:
    rows_of(document).delete()


def double(document: Document) -> None:
    sql(
        "INSERT INTO records_searchentry SELECT date '2001-02-03', document_id, case_file_id, acl, deny, tsv"
        " FROM records_searchentry WHERE document_id = %s",
        document.pk,
    )


def misplace(document: Document) -> None:
    rows_of(document).update(sort_date=date(2001, 2, 3))


def wrong_file(document: Document) -> None:
    rows_of(document).update(case_file_id=document.case_file_id + 1_000_000)


def old_rights(document: Document) -> None:
    rows_of(document).update(acl=[1, 2, 3])


def other_words(document: Document) -> None:
    sql(
        "UPDATE records_searchentry SET tsv = 'zitrone:1'::tsvector WHERE document_id = %s",
        document.pk,
    )


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (remove, Fault.MISSING),
        (double, Fault.DOUBLED),
        (misplace, Fault.MISPLACED),
        (wrong_file, Fault.MISPLACED),
        (old_rights, Fault.RIGHTS),
        (other_words, Fault.WORDS),
    ],
)
def test_a_wrong_row_is_found_and_mended(
    city: None, spoil: Callable[[Document], None], fault: Fault
) -> None:
    document = stories.social_file().document
    assert check_index().ok
    spoil(document)
    report = check_index()
    assert {kind: ids for kind, ids in report.found.items() if ids} == {fault: [document.pk]}
    assert repair(report) == 1
    assert check_index().ok
    assert search(person(CLERK_SOCIAL), "Heizkostennachzahlung").total == 1


def test_a_row_without_its_document_goes(city: None) -> None:
    document = stories.social_file().document
    sql(
        "INSERT INTO records_searchentry SELECT sort_date, document_id + 500000, case_file_id, acl, deny, tsv"
        " FROM records_searchentry WHERE document_id = %s",
        document.pk,
    )
    report = check_index()
    assert report.found[Fault.ORPHANED] == [document.pk + 500_000]
    repair(report)
    assert check_index().ok
    assert rows_of(document).count() == 1


def test_what_waits_for_its_analysis_is_no_fault(city: None) -> None:
    document = stories.social_file().document
    Document.objects.filter(pk=document.pk).update(indexed_at=None)
    remove(document)
    report = check_index()
    assert (report.ok, report.compared, report.waiting) == (True, 0, 1)


def test_the_command_names_the_documents_and_tells_how_to_go_on(city: None) -> None:
    document = stories.social_file().document
    out = StringIO()
    call_command("check_index", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("Verglichen: 1 Dokumente, 1 davon Wort für Wort")
    remove(document)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_index", stdout=out, stderr=StringIO())
    assert ended.value.code == 1
    assert f"BEFUND 1 nicht im Suchindex: {document.pk}" in out.getvalue()
    assert "--repair" in out.getvalue()
    out = StringIO()
    call_command("check_index", "--repair", stdout=out, stderr=StringIO())
    assert "1 neu geschrieben." in out.getvalue()
