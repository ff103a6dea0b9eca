"""S1, D3: counts, facets, snippets, exports, saved searches, „Meinten Sie“ and mails tell nobody more
than SQL allows.

The oracle of rights (``tests.access.oracle``) shares no code with the product; what is asked of the
documents is plain SQL over their texts, not over the search rows.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, Substitution, UnitRole, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from records.analysis import parse_query
from records.analysis.folding import fold
from records.choices import Confidentiality, DocumentStatus, ListPage, MailRhythm
from records.models import (
    CaseFileExclusion,
    CaseFileUserGrant,
    Document,
    DocumentType,
    SavedView,
    SearchSubscription,
    SearchWord,
)
from records.saved_searches_desk import saved_searches
from records.search_mails import write_to
from records.selectors import search as selector
from records.selectors.did_you_mean import better_words
from records.selectors.search_facets import count_facets
from records.selectors.typing_help import typing_help
from records.services import rights
from records.services.actor import Actor
from records.services.parties import Involvement, involve
from tests import personas, stories
from tests.access import oracle, substitution_oracle
from tests.personas import STAFF
from tests.records.found_rows import copies
from tests.records.views.conftest import logged_in
from tests.stories import Story

WORD = "Heizkostennachzahlung"
SLIP = "Heizkostennachzalung"
DAYS = (date(2026, 2, 3), date(2019, 6, 1))
ONE_DAY = timedelta(days=1)
FILES = 4

# Of these documents: how many of each year, unit, type, state, Fachverfahren and plan entry.
GROUPS = {
    "jahr": "SELECT extract(year FROM d.sort_date)::int::text, count(*)",
    "einheit": "SELECT f.lead_unit_id::text, count(*)",
    "dokumenttyp": "SELECT d.document_type_id::text, count(*)",
    "stand": "SELECT f.status, count(*)",
    "zweig": "SELECT e.ancestors[1]::text, count(*)",
    "fachverfahren": "SELECT k.system_id::text, count(DISTINCT d.id)",
}
OF_DOCUMENTS = """
FROM records_document d JOIN records_casefile f ON f.id = d.case_file_id
JOIN records_fileplanentry e ON e.id = f.entry_id
LEFT JOIN records_externalkey k ON k.case_file_id = f.id
WHERE d.id = ANY(%s) GROUP BY 1
"""
WITH_WORD = """
SELECT d.id, d.matter_id FROM records_document d
WHERE d.status IN ('gueltig', 'entwurf', 'ungueltig') AND EXISTS (
  SELECT FROM records_documenttext t WHERE t.document_id = d.id AND t.text LIKE %s)
"""
# Files by the beginning of a title or a number, parties by the beginning of their name.
BEGINNINGS = ("Ahlers", "Garage", "50.", "63.")
FILES_BEGINNING = """
SELECT id FROM records_casefile
WHERE id = ANY(%s) AND (title LIKE %s || '%%' OR aktenzeichen LIKE %s || '%%')
"""
PARTIES_BEGINNING = """
SELECT DISTINCT p.id FROM records_party p JOIN records_participation t ON t.party_id = p.id
WHERE t.case_file_id = ANY(%s) AND t.matter_id IS NULL AND t.removed_at IS NULL
AND p.merged_into_id IS NULL AND p.name LIKE %s || '%%'
"""
COPY_TEXTS = """
INSERT INTO records_documenttext (document_id, version_number, text, offsets, analyser_version)
SELECT d.id, 1, t.text, t.offsets, t.analyser_version
FROM records_document d, records_documenttext t WHERE d.id = ANY(%s) AND t.document_id = %s
"""

Step = tuple[str, int, int]


def machine() -> Actor:
    return Actor(begin("test", Acting()))


def text_of(number: int) -> str:
    return f"Bescheid über die {WORD} Merkmal{number}"


@pytest.fixture
def world(quick_city: None) -> list[Story]:
    """Two social files, a building file and one that is protected, each with three documents."""
    made = [stories.social_file("4711", text_of(0)), stories.social_file("4712", text_of(1))]
    made += [stories.building_file(text_of(2)), stories.building_file(text_of(3))]
    kind = DocumentType.objects.order_by("pk")[0]
    for story in made:
        rows = copies(story.document, DAYS)
        with connection.cursor() as cursor:
            cursor.execute(COPY_TEXTS, [[row.pk for row in rows], story.document.pk])
        Document.objects.filter(pk=rows[0].pk).update(document_type=kind)
        name = f"{story.case_file.title.split()[0].strip(',')}mann {story.case_file.pk}"
        involve([Involvement(story.case_file, "Antrag", name)], machine())
    User.objects.filter(username__in=STAFF).update(email="jemand@musterstadt.example")
    SearchWord.objects.create(
        folded=fold(WORD), word=WORD, documents=9, units=2, counted_at=clock.now()
    )
    return made


def exclude(world: Sequence[Story], file: int, person: int) -> None:
    pk, user = world[file].case_file.pk, personas.person(STAFF[person])
    if not CaseFileExclusion.objects.filter(case_file=pk, user=user).exists():
        rights.exclude_persons([rights.Exclusion(pk, user.pk, "befangen")], machine())


def protect(world: Sequence[Story], file: int, person: int) -> None:
    level = list(Confidentiality)[person % 3]
    rights.change_confidentiality({world[file].case_file.pk: level}, machine())


def narrow(world: Sequence[Story], file: int, person: int) -> None:
    group = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD).group_id
    rights.narrow_matters({world[file].matter.pk: [group][: person % 2]}, machine())


def misfile(world: Sequence[Story], file: int, person: int) -> None:
    status = (DocumentStatus.MISFILED, DocumentStatus.CANCELLED)[person % 2]
    pks = Document.objects.filter(case_file=world[file].case_file).order_by("pk")
    Document.objects.filter(pk=pks[person % 3].pk).update(status=status)


def grant(world: Sequence[Story], file: int, person: int) -> None:
    """A release of a building file; nobody outside the circle can have one of a social file."""
    pk, user = world[2 + file % 2].case_file.pk, personas.person(STAFF[person])
    wish = rights.NewGrant(pk, "Amtshilfe", user_id=user.pk, valid_until=clock.today())
    if not CaseFileUserGrant.objects.filter(content_object=pk, user=user).exists():
        rights.grant_case_file_access([wish], machine())


def expire(world: Sequence[Story], file: int, person: int) -> None:
    """Releases, or a membership, end by their date; no service runs on that day."""
    if person % 2:
        rows = CaseFileUserGrant.objects.filter(content_object=world[2 + file % 2].case_file.pk)
        rows.update(valid_until=clock.today() - ONE_DAY)
    else:
        rows = Membership.objects.filter(user__username=STAFF[person])
        rows.update(valid_until=clock.today() - ONE_DAY)


def substitute(world: Sequence[Story], file: int, person: int) -> None:
    """Somebody stands in for the file's clerk, today or until yesterday."""
    clerk = personas.person((personas.CLERK_SOCIAL, personas.CLERK_BUILDING)[file // 2])
    deputy, over = personas.person(STAFF[person]), file % 2
    if deputy == clerk or Substitution.objects.filter(deputy=deputy, represented=clerk).exists():
        return
    Substitution.objects.create(
        deputy=deputy,
        represented=clerk,
        valid_from=clock.today() - 9 * ONE_DAY,
        valid_until=clock.today() - over * ONE_DAY,
        includes_confidential=bool(person % 2),
        created_by=clerk,
        created_at=clock.now(),
    )


STEPS = {
    "exclude": exclude,
    "protect": protect,
    "narrow": narrow,
    "misfile": misfile,
    "grant": grant,
    "expire": expire,
    "substitute": substitute,
}


def expected_ids(user_id: int, *, own: bool = False) -> list[int]:
    """Hits by the own rights and those of substitutions, or by the ``own`` ones only."""
    answer = oracle if own else substitution_oracle
    seen = {matter for person, matter in answer.matters_seen(clock.today()) if person == user_id}
    with connection.cursor() as cursor:
        cursor.execute(WITH_WORD, [f"%{WORD}%"])
        return sorted(pk for pk, matter in cursor.fetchall() if matter in seen)


def sums(ids: Sequence[int]) -> dict[str, dict[str, int]]:
    found = {}
    with connection.cursor() as cursor:
        for word, select in GROUPS.items():
            cursor.execute(select + OF_DOCUMENTS, [list(ids)])
            found[word] = {value: n for value, n in cursor.fetchall() if value is not None}
    return found


def open_all_rows() -> None:
    """A search table that lags behind in the worst way: everybody is let in, nobody kept out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_searchentry SET deny = '{}', acl = ARRAY("
            "SELECT DISTINCT p FROM access_accessscope, unnest(allow) p)"
        )


def check(username: str) -> None:
    """Everything the search says to a person, against the oracle."""
    user = personas.person(username)
    ids = expected_ids(user.pk)
    titles = sorted(Document.objects.filter(pk__in=ids).values_list("title", flat=True))
    marks = {
        text.rpartition(" ")[2]
        for text in Document.objects.filter(pk__in=ids).values_list("text__text", flat=True)
    }
    result = selector.search(user, WORD)
    assert (result.total, sorted(h.document.pk for h in result.hits)) == (len(ids), ids)

    counted = count_facets(user, parse_query(WORD), selector.PLAIN)
    facets = {word: {c.value: c.count for c in list_} for word, list_ in counted.choices.items()}
    assert facets == (sums(ids) if ids else {})

    client = logged_in(username)
    page = client.get(reverse("search"), {"q": WORD}).content.decode()
    assert set(re.findall(r"Merkmal\d", page)) == marks
    assert (f"{len(ids)} Treffer" if ids else "0 Treffer in dem") in page

    lines = client.get(reverse("search-export", args=["csv"]), {"q": WORD})
    exported = b"".join(lines.streaming_content).decode("utf-8-sig").splitlines()[1:]  # type: ignore[attr-defined]
    assert sorted(line.split(";")[2] for line in exported) == titles

    SavedView.objects.update_or_create(
        owner=user,
        page=ListPage.SEARCH,
        name="Alles",
        defaults={"query": f"q={WORD}", "seen_document_id": 0},
    )
    (saved,) = saved_searches(user)
    assert saved.news == (f"{len(ids)} neu" if ids else "")


def check_better_words(username: str, stale: bool) -> None:
    """A slip is mended for those whom the right word finds something, and for nobody else; while
    search rows lag behind, rather for too few."""
    user = personas.person(username)
    found = selector.search(user, SLIP)
    assert found.total == 0
    offered = better_words(user, SLIP, found, selector.PLAIN)
    assert offered == (WORD if expected_ids(user.pk) else "") or (stale and not offered)


def check_mail(username: str) -> None:
    """The mail about the saved search: the oracle's number by own rights, and none for nothing."""
    user, today = personas.person(username), clock.today()
    (view,) = SavedView.objects.filter(owner=user, page=ListPage.SEARCH)
    SearchSubscription.objects.update_or_create(
        search=view,
        defaults={
            "rhythm": MailRhythm.DAILY,
            "counted_document_id": 0,
            "counted_on": today - ONE_DAY,
        },
    )
    mail.outbox.clear()
    write_to(user.pk, today)
    said = [re.findall(r"(\d+) neuer? Treffer", str(sent.body)) for sent in mail.outbox]
    number = len(expected_ids(user.pk, own=True))
    assert said == ([[str(number)]] if number else [])


def check_typing_help(username: str) -> None:
    """Help while typing names the files and parties of the oracle's files, and no others."""
    user = personas.person(username)
    seen = [pk for who, pk in substitution_oracle.files_seen(clock.today()) if who == user.pk]
    for letters in BEGINNINGS:
        found = typing_help(user, letters)
        with connection.cursor() as cursor:
            cursor.execute(FILES_BEGINNING, [seen, letters, letters])
            files = {pk for (pk,) in cursor.fetchall()}
            cursor.execute(PARTIES_BEGINNING, [seen, letters])
            parties = {pk for (pk,) in cursor.fetchall()} if len(letters) > 3 else set()
        numbers = {one.case_file.pk for one in found.numbers}
        assert numbers | {one.pk for one in found.titles} == files
        assert {one.pk for one in found.parties} == parties


@settings(
    max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(STEPS)),
            st.integers(0, FILES - 1),
            st.integers(0, len(STAFF) - 1),
        ),
        max_size=5,
    ),
    stale=st.booleans(),
)
@example(steps=[("substitute", 2, 0)], stale=False)
@example(steps=[("grant", 2, 2), ("expire", 2, 1)], stale=True)
def test_s1_nobody_learns_more_than_the_oracle_allows(
    world: list[Story], steps: list[Step], stale: bool
) -> None:
    with transaction.atomic():
        garage, clerk = world[2].case_file, personas.person(personas.CLERK_SOCIAL)
        wish = rights.NewGrant(garage.pk, "Amtshilfe", user_id=clerk.pk)
        rights.grant_case_file_access([wish], machine())
        for name, file, person in steps:
            STEPS[name](world, file, person)
        if stale:
            open_all_rows()
        for username in STAFF:
            check(username)
            check_better_words(username, stale)
            check_mail(username)
            check_typing_help(username)
        transaction.set_rollback(True)


def test_the_oracle_sees_hits_and_their_absence(world: list[Story]) -> None:
    """Checked by hand once, so that both cannot be wrong alike."""
    exclude(world, 0, STAFF.index(personas.CLERK_SOCIAL))
    numbers = {name: len(expected_ids(personas.person(name).pk)) for name in STAFF}
    assert numbers[personas.CLERK_SOCIAL] == 3
    assert numbers[personas.HEAD_SOCIAL] == 6
    assert numbers[personas.CLERK_BUILDING] == 6
    assert numbers[personas.ARCHIVE] == 0
