"""A large plain city for page benchmarks, written by SQL: what counts is its shape, not its words."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import typst
from django.db import connection, transaction

from goettingen_ecm.access import scopes
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import ensure_unit_role, give_role
from records import blob_store
from records.analysis import analyse_document
from records.choices import ComponentKind, Direction
from records.models import DocumentType, FilePlan, FilePlanEntry, Matter
from records.services import blobs, texts
from records.services.actor import person
from records.services.documents import NewComponent, NewDocument, NewVersion, file_documents

UNITS = 40
DOCUMENTS_PER_FILE = 6
BIG_FILE = 2_000
LONG_FILE, SHORT_FILE = 10_000, 100
MATTERS = 10
TYPES = ["Antrag", "Bescheid", "Nachweis", "Vermerk", "Widerspruch", "Zahlungsanordnung"]
YEARS = 8
WORDS_PER_PAGE = 150
WORDS = [
    "Antrag",
    "Bescheid",
    "Widerspruch",
    "Anhörung",
    "Grundsicherung",
    "Wohngeld",
    "Bauantrag",
    "Genehmigung",
    "Gebühr",
    "Mahnung",
    "Vermerk",
    "Gutachten",
    "Stellungnahme",
    "Heizkosten",
    "Miete",
    "Einkommen",
    "Nachweis",
    "Vertrag",
]
OLD_UNIT = 0


@dataclass(frozen=True, slots=True)
class PageCity:
    """Who looks at it and where: a clerk of a busy unit, one whose files are all old.

    ``long_file`` and ``short_file`` differ in nothing but the number of their documents.
    """

    clerk: User
    old_clerk: User
    big_file: uuid.UUID
    long_file: uuid.UUID
    short_file: uuid.UUID
    page_image: tuple[uuid.UUID, int, int, int]


def build(
    documents: int, seed: int, *, big_file: int = BIG_FILE, long_file: int = LONG_FILE
) -> PageCity:
    """``documents`` documents in files of six, spread over 40 units; unit 0 holds only old ones."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    plan = FilePlan.objects.create(code="BENCH", title="Messplan", valid_from=date(2000, 1, 1))
    root = FilePlanEntry.objects.create(plan=plan, code="1", title="Messung", disposition="B")
    entry = FilePlanEntry.objects.create(plan=plan, code="1.1", title="Akten", parent=root)
    units = [OrgUnit.objects.create(code=f"B{n}", name=f"Messamt {n}") for n in range(UNITS)]
    groups = [ensure_unit_role(unit, Role.CLERK).group_id for unit in units]
    wanted = [scopes.rights([group]) for group in groups]
    found = scopes.scope_ids(wanted)
    scope_ids = [found[one] for one in wanted]
    files = max(UNITS, documents // DOCUMENTS_PER_FILE)
    _files(files, entry.pk, [u.pk for u in units], scope_ids)
    _documents(documents, files)
    place = (entry.pk, units[1].pk, scope_ids[1])
    big = _big_file("GROSS", place, big_file)
    long, short = _big_file("LANG", place, long_file), _big_file("KURZ", place, SHORT_FILE)
    _vary([long, short])
    _search_rows(rng)
    clerk, old_clerk = _clerk(units[1], "bench"), _clerk(units[OLD_UNIT], "bench-old")
    return PageCity(clerk, old_clerk, big, long, short, _readable_document(clerk, big, rng))


def _readable_document(
    clerk: User, big_file: uuid.UUID, rng: Random
) -> tuple[uuid.UUID, int, int, int]:
    """A letter of two pages; returns the arguments of its first page image's address."""
    pages = [" ".join(rng.choices(WORDS, k=WORDS_PER_PAGE)) for _ in range(2)]
    staged = blob_store.stage_chunks([letter(pages)])
    matter = Matter.objects.filter(case_file__uuid=big_file).order_by("pk")[0]
    with transaction.atomic():
        blob = blobs.store_staged([staged])[staged.sha256]
        content = NewVersion([NewComponent(ComponentKind.MAIN, blob, "seite.pdf")])
        wanted = NewDocument(matter, "Lesbare Seite", Direction.INCOMING, content)
        document = file_documents([wanted], person(clerk, "bench"))[0]
    texts.extract_texts([document.pk])
    return document.uuid, 1, 0, 1


def letter(pages: Sequence[str]) -> bytes:
    """A PDF with a text layer."""
    made = typst.compile("\n#pagebreak()\n".join(pages).encode())
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def _clerk(unit: OrgUnit, name: str) -> User:
    user = User.objects.create(username=name, last_name=name)
    give_role(user, unit, Role.CLERK)
    return user


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def _files(count: int, entry_id: int, unit_ids: list[int], scope_ids: list[int]) -> None:
    """File n belongs to unit n mod 40; unit 0's files moved last twenty years ago."""
    _run(
        """
        INSERT INTO records_casefile (uuid, aktenzeichen, title, sort_key, kind, file_type, entry_id,
          lead_unit_id, confidentiality, circle, medium, paper_location, status, opened_on,
          disposition, business_data, remark, scope_id, last_activity_at, row_version,
          retention_permanent, retention_rule, retention_start)
        SELECT gen_random_uuid(), '1.1-' || lpad(n::text, 6, '0'), 'Messakte ' || n, 'messakte ' || n,
          'sachakte', '', %s, (%s::bigint[])[n %% %s + 1], 'intern', '', 'elektronisch', '',
          'bearbeitung', '2020-01-01', 'B', '{}', '', (%s::int[])[n %% %s + 1],
          now() - (CASE WHEN n %% %s = 0 THEN interval '20 years' ELSE interval '0' END)
            - n * interval '1 minute', 1, false, '', 'jahresende'
        FROM generate_series(0, %s - 1) AS n
        """,
        entry_id, unit_ids, UNITS, scope_ids, UNITS, UNITS, count,
    )  # fmt: skip
    _run(
        """
        INSERT INTO records_matter (uuid, case_file_id, title, matter_type, status, opened_on,
          scope_id, row_version)
        SELECT gen_random_uuid(), id, 'Messvorgang', '', 'bearbeitung', opened_on, scope_id, 1
        FROM records_casefile
        """
    )


DOCUMENT = """
INSERT INTO records_document (uuid, case_file_id, matter_id, title, direction, letter_date, filed_at,
  sort_date, foreign_reference, status, is_final, version_number, mime_type, problem, indexed_at,
  scope_id, row_version)
SELECT gen_random_uuid(), file.id, matter.id, 'Schreiben ' || n, 'eingang', file.day, now(), file.day,
  '', 'gueltig', true, 1, 'application/pdf', '', now(), file.scope_id, 1
"""


def _documents(count: int, files: int) -> None:
    _run(
        DOCUMENT  # noqa: S608 - two constants
        + """
        FROM generate_series(0, %s - 1) AS n
        JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, scope_id,
                (last_activity_at - interval '1 day')::date AS day FROM records_casefile) AS file
          ON file.place = n %% %s
        JOIN records_matter matter ON matter.case_file_id = file.id
        """,
        count, files,
    )  # fmt: skip
    _versions()


def _versions() -> None:
    """Versions and one shared small file, so that the document page has something to say."""
    _run(
        """
        INSERT INTO records_documentversion (document_id, number, foreign_version, created_at,
          created_by_system, comment)
        SELECT d.id, 1, '', now(), '', '' FROM records_document d
        WHERE NOT EXISTS (SELECT 1 FROM records_documentversion v WHERE v.document_id = d.id)
        """
    )
    _run(
        """
        INSERT INTO records_blob (sha256, size, storage, state, mime_type, problem, text_state,
          created_at)
        VALUES (sha256('bench'), 5, 'files', 'stored', 'application/pdf', '', 'ok', now())
        ON CONFLICT DO NOTHING
        """
    )
    _run(
        """
        INSERT INTO records_component (version_id, position, kind, blob_id, file_name)
        SELECT v.id, 0, 'haupt', (SELECT id FROM records_blob LIMIT 1), 'schreiben.pdf'
        FROM records_documentversion v
        WHERE NOT EXISTS (SELECT 1 FROM records_component c WHERE c.version_id = v.id)
        """
    )


def _big_file(number: str, place: tuple[int, int, int], count: int) -> uuid.UUID:
    """One file with many documents, as a long social case has; ``place``: entry, unit, scope."""
    name = uuid.uuid4()
    _run(
        """
        INSERT INTO records_casefile (uuid, aktenzeichen, title, sort_key, kind, file_type, entry_id,
          lead_unit_id, confidentiality, circle, medium, paper_location, status, opened_on,
          disposition, business_data, remark, scope_id, last_activity_at, row_version,
          retention_permanent, retention_rule, retention_start)
        VALUES (%s, '1.1-' || %s, 'Lange Akte', 'lange akte', 'sachakte', '', %s, %s, 'intern', '',
          'elektronisch', '', 'bearbeitung', '2020-01-01', 'B', '{}', '', %s, now(), 1, false, '', 'jahresende')
        """,
        name, number, *place,
    )  # fmt: skip
    _run(
        """
        INSERT INTO records_matter (uuid, case_file_id, title, matter_type, status, opened_on,
          scope_id, row_version)
        SELECT gen_random_uuid(), id, 'Zeitraum ' || n, '', 'bearbeitung', opened_on, scope_id, 1
        FROM records_casefile, generate_series(1, %s) AS n WHERE uuid = %s
        """,
        MATTERS,
        name,
    )
    _run(
        DOCUMENT  # noqa: S608 - two constants
        + """
        FROM generate_series(1, %s) AS n
        JOIN (SELECT id, scope_id, now()::date - 1 AS day FROM records_casefile WHERE uuid = %s)
          AS file ON true
        JOIN records_matter matter ON matter.case_file_id = file.id
          AND matter.title = 'Zeitraum ' || (n %% %s + 1)
        """,
        count, name, MATTERS,
    )  # fmt: skip
    _versions()
    return name


def _vary(files: list[uuid.UUID]) -> None:
    """Directions, types, years and titles, so that every filter and every order has work to do."""
    kinds = [DocumentType.objects.create(code=f"bench-{n}", name=n).pk for n in TYPES]
    _run(
        """
        UPDATE records_document SET direction = (ARRAY['eingang', 'ausgang', 'intern'])[id %% 3 + 1],
          document_type_id = (%s::bigint[])[id %% %s + 1],
          sort_date = sort_date - (id * 7919 %% (365 * %s))::int,
          title = substr(md5(id::text), 1, 8) || ' ' || title,
          filed_at = filed_at - id %% 100000 * interval '1 minute'
        WHERE case_file_id IN (SELECT id FROM records_casefile WHERE uuid = ANY(%s))
        """,
        kinds, len(kinds), YEARS, files,
    )  # fmt: skip


def _search_rows(rng: Random) -> None:
    """Every document is searchable by a few words of one of 200 texts."""
    texts = [" ".join(rng.choices(WORDS, k=12)) + f" Zeichen{n}" for n in range(200)]
    vectors = [analyse_document("Schreiben", text).tsvector for text in texts]
    _run(
        """
        INSERT INTO records_searchentry (sort_date, document_id, case_file_id, acl, deny, tsv)
        SELECT d.sort_date, d.id, d.case_file_id, s.allow, '{}', (%s::text[])[d.id %% 200 + 1]::tsvector
        FROM records_document d JOIN access_accessscope s ON s.id = d.scope_id
        """,
        vectors,
    )
