"""The services that change rights: who may, what they refuse, what they leave behind."""

from datetime import timedelta

import pytest

from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate, Refusal
from records.choices import Confidentiality, Direction
from records.models import CaseFile, Document, Matter, SearchEntry, SpecialistSystem
from records.services.actor import connector
from records.services.matters import NewMatter, open_matters
from records.services.rights import (
    Exclusion,
    NewGrant,
    change_confidentiality,
    exclude_persons,
    grant_case_file_access,
    narrow_matters,
    readmit_persons,
    revoke_case_file_access,
)
from tests.access import world as w


def document_in(matter: Matter) -> Document:
    document = Document.objects.create(
        case_file_id=matter.case_file_id,
        matter=matter,
        title="Schreiben",
        direction=Direction.INCOMING,
        filed_at=clock.now(),
        sort_date=clock.today(),
        scope_id=matter.scope_id,
    )
    scope = AccessScope.objects.get(pk=matter.scope_id)
    SearchEntry.objects.create(
        sort_date=document.sort_date,
        document_id=document.pk,
        case_file_id=document.case_file_id,
        acl=scope.allow,
        deny=scope.deny,
        tsv="schreiben",
    )
    return document


def scopes_of(case_file: CaseFile) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Rights as stored in file, matters, documents and search rows."""
    ids = [
        CaseFile.objects.get(pk=case_file.pk).scope_id,
        *Matter.objects.filter(case_file=case_file).values_list("scope_id", flat=True),
        *Document.objects.filter(case_file=case_file).values_list("scope_id", flat=True),
    ]
    stored = AccessScope.objects.in_bulk(ids)
    found = {(tuple(stored[pk].allow), tuple(stored[pk].deny)) for pk in ids}
    rows = SearchEntry.objects.filter(case_file_id=case_file.pk).values_list("acl", "deny")
    return found | {(tuple(acl), tuple(deny)) for acl, deny in rows}


def filled(world: w.World, name: str) -> CaseFile:
    case_file = world.files[name]
    [matter] = open_matters([NewMatter(case_file, "Vorgang")], w.machine())
    document_in(matter)
    return case_file


def test_a_change_reaches_matters_documents_and_search_in_one_step(world: w.World) -> None:
    case_file = filled(world, "bauen intern")
    before = scopes_of(case_file)
    assert len(before) == 1
    wish = NewGrant(case_file.pk, "Prüfung", user_id=world.people["lindner"].pk)
    grants = grant_case_file_access([wish], w.machine())
    granted = scopes_of(case_file)
    assert len(granted) == 1
    assert granted != before
    exclude_persons([Exclusion(case_file.pk, world.people["kruse"].pk, "befangen")], w.machine())
    [(_allow, deny)] = scopes_of(case_file)
    assert deny == (world.people["kruse"].pk,)
    revoke_case_file_access(grants, w.machine())
    readmit_persons(case_file.pk, [world.people["kruse"].pk], w.machine())
    assert scopes_of(case_file) == before


def test_s1_a_matter_narrowed_to_heads_hides_it_and_its_documents(world: w.World) -> None:
    case_file = filled(world, "bauen intern")
    [matter] = Matter.objects.filter(case_file=case_file)
    head = w.group_id("63.1", Role.HEAD)
    narrow_matters({matter.pk: [head, w.group_id("50.1", Role.CLERK)]}, w.machine())
    kruse, leading, foreign = (world.people[n] for n in ("kruse", "leitung_d3", "brandt"))
    assert CaseFile.objects.visible_to(kruse).filter(pk=case_file.pk).exists()
    for model in (Matter, Document):
        inside = model.objects.filter(case_file=case_file)
        assert not inside.visible_to(kruse).exists()
        assert inside.visible_to(leading).exists()
        # Naming a group that does not see the file does not let it in.
        assert not inside.visible_to(foreign).exists()
    assert SearchEntry.objects.get(case_file_id=case_file.pk).acl == [head]
    narrow_matters({matter.pk: None}, w.machine())
    assert Document.objects.visible_to(kruse).filter(case_file=case_file).exists()


@pytest.mark.parametrize(
    ("username", "allowed"),
    [
        ("leitung_63", True),
        ("leitung_d3", True),
        ("kruse", False),
        ("brandt", False),
        ("yilmaz", False),
        ("allmacht", False),
    ],
)
def test_only_leitung_or_registratur_of_the_unit_changes_rights(
    world: w.World, username: str, allowed: bool
) -> None:
    pk = world.files["bauen intern"].pk
    actor = w.acting(world.people[username])
    attempts = (
        lambda: grant_case_file_access(
            [NewGrant(pk, "Grund", user_id=world.people["voss"].pk)], actor
        ),
        lambda: exclude_persons([Exclusion(pk, world.people["voss"].pk, "Grund")], actor),
        lambda: change_confidentiality({pk: Confidentiality.CONFIDENTIAL}, actor),
    )
    for attempt in attempts:
        if allowed:
            attempt()
        else:
            with pytest.raises(Forbidden):
                attempt()


def test_nobody_is_excluded_without_a_reason(world: w.World) -> None:
    pk = world.files["bauen intern"].pk
    with pytest.raises(InvalidInput):
        exclude_persons([Exclusion(pk, world.people["kruse"].pk, "  ")], w.machine())
    assert "kruse" in world.seeing("bauen intern")


def test_an_excluded_head_cannot_readmit_herself(world: w.World) -> None:
    head = world.people["leitung_63"]
    pk = world.files["bauen intern"].pk
    exclude_persons([Exclusion(pk, head.pk, "befangen")], w.machine())
    with pytest.raises(Forbidden):
        readmit_persons(pk, [head.pk], w.acting(head))


def test_releases_that_circle_or_clearance_would_undo_are_refused(world: w.World) -> None:
    social = world.files["soziales intern"].pk
    secret = world.files["bauen vertraulich"].pk
    yesterday = clock.today() - timedelta(days=1)
    lindner = world.people["lindner"].pk
    for wish in (
        NewGrant(social, "Grund", user_id=world.people["kruse"].pk),
        NewGrant(social, "Grund", group_id=w.group_id("63.1", Role.CLERK)),
        NewGrant(secret, "Grund", group_id=w.group_id("63.1", Role.SECRETARIAT)),
        NewGrant(secret, " ", user_id=lindner),
        NewGrant(secret, "Grund", user_id=lindner, valid_until=yesterday),
        NewGrant(secret, "Grund"),
        NewGrant(secret, "Grund", user_id=lindner, group_id=w.group_id("63", Role.HEAD)),
    ):
        with pytest.raises(InvalidInput):
            grant_case_file_access([wish], w.machine())


def test_s3_a_single_person_loses_the_file_when_leaving_the_circle(world: w.World) -> None:
    """A release in the Sozial circle does not follow somebody to the Bauamt."""
    clerk = world.people["sachbearbeitung_50_2"]
    wish = NewGrant(world.files["soziales vertraulich"].pk, "Vertretung", user_id=clerk.pk)
    grant_case_file_access([wish], w.machine())
    assert "sachbearbeitung_50_2" in world.seeing("soziales vertraulich")
    Membership.objects.filter(user=clerk).delete()
    accounts.give_role(clerk, w.unit("63.1"), Role.CLERK)
    assert "sachbearbeitung_50_2" not in world.seeing("soziales vertraulich")


def test_a_repeated_release_renews_cause_and_end(world: w.World) -> None:
    pk, user = world.files["bauen intern"].pk, world.people["lindner"].pk
    [first] = grant_case_file_access([NewGrant(pk, "Grund", user_id=user)], w.machine())
    until = clock.today() + timedelta(days=5)
    [second] = grant_case_file_access(
        [NewGrant(pk, "neuer Grund", user_id=user, valid_until=until)], w.machine()
    )
    assert (second.pk, second.cause, second.valid_until) == (first.pk, "neuer Grund", until)


def test_a_lost_update_of_the_level_is_a_question(world: w.World) -> None:
    case_file = world.files["bauen intern"]
    wanted = {case_file.pk: Confidentiality.CONFIDENTIAL}
    change_confidentiality(wanted, w.machine(), versions={case_file.pk: case_file.row_version})
    with pytest.raises(LostUpdate):
        change_confidentiality(
            {case_file.pk: Confidentiality.OPEN},
            w.machine(),
            versions={case_file.pk: case_file.row_version},
        )
    stored = CaseFile.objects.get(pk=case_file.pk)
    assert (stored.confidentiality, stored.row_version) == (Confidentiality.CONFIDENTIAL, 2)
    assert stored.history.count() == 2


def test_s4_the_audit_names_persons_by_id_and_never_the_cause(world: w.World) -> None:
    pk, user = world.files["bauen intern"].pk, world.people["lindner"].pk
    actor = w.acting(world.people["leitung_63"])
    grants = grant_case_file_access([NewGrant(pk, "wegen Frau Meier", user_id=user)], actor)
    revoke_case_file_access(grants, actor)
    entries = AuditEntry.objects.filter(operation_id=actor.operation.pk).order_by("id")
    assert [(e.action, e.object_id, e.digests["user_id"]) for e in entries] == [
        ("records.case_file.access_granted", pk, user),
        ("records.case_file.access_revoked", pk, user),
    ]
    assert "Meier" not in str([e.__dict__ for e in entries])


def test_a_connector_never_changes_rights(world: w.World) -> None:
    system = connector(SpecialistSystem.objects.get(code="openprosoz"), "test")
    pk = world.files["soziales intern"].pk
    with pytest.raises(Refusal):
        change_confidentiality({pk: Confidentiality.OPEN}, system)
