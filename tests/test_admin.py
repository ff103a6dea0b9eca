"""Django admin: reference data without contents, nothing deleted, every change in the audit (S3)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.forms import BoundField, ModelMultipleChoiceField
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import DjangoAssertNumQueries

from goettingen_ecm.accounts.audit_sentences import MEMBERSHIP_CHANGED
from goettingen_ecm.accounts.choices import Circle, Role
from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.desk.admin import CHANGED, ReferenceAdmin
from goettingen_ecm.operations import clock
from integrations.models import ApiToken, Mailbox
from records.choices import CompoundRule
from records.models import (
    CaseFile,
    CompoundWord,
    DocumentType,
    FilePlan,
    FilePlanEntry,
    FileType,
    InspectionBasis,
    SpecialistSystem,
)
from tests import personas, stories
from tests.personas import ADMINISTRATION, CLERK_BUILDING, CLERK_SOCIAL
from workflows.models import ClosingDay

ClientOf = Callable[[str], Client]

REFERENCE_DATA = {
    "accounts.User",
    "accounts.OrgUnit",
    "accounts.UnitRole",
    "records.FilePlan",
    "records.FilePlanEntry",
    "records.DocumentType",
    "records.FileType",
    "records.SpecialistSystem",
    "records.CompoundWord",
    "records.InspectionBasis",
    "workflows.ClosingDay",
    "integrations.Mailbox",
    "integrations.ApiToken",
}
PAGES = ("changelist", "add", "change", "history")


def address(model: type[Any], page: str, *arguments: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=arguments)


def entries(model: type[Any], pk: int | None = None) -> list[tuple[str, list[str]]]:
    """(label, fields) of what admin wrote into the audit about a model."""
    rows = AuditEntry.objects.filter(action=CHANGED, object_type=model._meta.label_lower)
    rows = rows if pk is None else rows.filter(object_id=pk)
    return list(rows.order_by("id").values_list("object_type", "fields"))


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    page: Any = client.get(url).context
    formsets = [inline.formset for inline in page["inline_admin_formsets"]]
    forms = [page["adminform"].form]
    forms += [one for formset in formsets for one in (formset.management_form, *formset.forms)]
    return {name: value for form in forms for bound in form for name, value in _sent(bound)}


def _sent(bound: BoundField) -> Iterator[tuple[str, Any]]:
    value = bound.value()
    if isinstance(bound.field, ModelMultipleChoiceField):
        yield bound.html_name, [getattr(one, "pk", one) for one in value or []]
    elif value is not None and value is not False:
        shown = bound.field.prepare_value(value)
        yield bound.html_name, "on" if value is True else shown
        if bound.field.show_hidden_initial:
            yield bound.html_initial_name, shown


@pytest.fixture
def administrator(client_of: ClientOf) -> Client:
    return client_of(ADMINISTRATION)


class TestWhatIsThere:
    def test_s3_only_reference_data(self) -> None:
        assert {model._meta.label for model in admin.site._registry} == REFERENCE_DATA

    def test_every_admin_is_ours(self) -> None:
        for model, one in admin.site._registry.items():
            assert isinstance(one, ReferenceAdmin), model

    def test_secrets_and_contents_have_no_address(self) -> None:
        for model in apps.get_models():
            if model._meta.label not in REFERENCE_DATA:
                with pytest.raises(NoReverseMatch):
                    address(model, "changelist")

    def test_s3_a_superuser_sees_no_contents(self, client_of: ClientOf) -> None:
        story = stories.social_file()
        clerk = personas.person(CLERK_BUILDING)
        clerk.is_staff = clerk.is_superuser = True
        clerk.save()
        client = client_of(CLERK_BUILDING)
        page = client.get(reverse("admin:index")).content.decode()
        for word in ("Dokument<", "Akten<", "Beteiligte", "Zwei-Faktor", "E-Mail-Adressen"):
            assert word not in page
        for label in ("records/document", "records/casefile", "mfa/authenticator", "auth/group"):
            assert client.get(f"/admin/{label}/").status_code == 404
        assert client.get(reverse("case-file", args=[story.case_file.uuid])).status_code == 404

    def test_nothing_can_be_deleted(self, client_of: ClientOf, administrator: Client) -> None:
        superuser = personas.person(ADMINISTRATION)
        superuser.is_superuser = True
        superuser.save()
        for model in admin.site._registry:
            one = sample(model)
            assert administrator.get(address(model, "delete", one.pk)).status_code == 403
            assert (
                administrator.post(address(model, "delete", one.pk), {"post": "yes"}).status_code
                == 403
            )
            sent = {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"}
            administrator.post(address(model, "changelist"), sent)
            assert model._default_manager.filter(pk=one.pk).exists()
            page = administrator.get(address(model, "changelist")).content.decode()
            assert "delete_selected" not in page


def sample(model: type[Any]) -> Any:
    chosen: dict[Any, Callable[[], Any]] = {
        User: lambda: personas.person(CLERK_SOCIAL),
        OrgUnit: lambda: OrgUnit.objects.get(code="50.1"),
        UnitRole: lambda: UnitRole.objects.get(unit__code="50.1", role=Role.CLERK),
        FilePlan: lambda: FilePlan.objects.get(),
        FilePlanEntry: lambda: FilePlanEntry.objects.get(code="50.10"),
        DocumentType: lambda: DocumentType.objects.order_by("pk")[0],
        FileType: lambda: FileType.objects.get(name="Rechtsstreit"),
        SpecialistSystem: lambda: SpecialistSystem.objects.get(),
        ClosingDay: closing_day,
        CompoundWord: compound_word,
        InspectionBasis: inspection_basis,
        Mailbox: mailbox,
        ApiToken: api_token,
    }
    return chosen[model]()


def closing_day() -> ClosingDay:
    return ClosingDay.objects.get_or_create(day=date(2026, 12, 24), name="Heiligabend")[0]


def inspection_basis() -> InspectionBasis:
    day = date(2026, 11, 1)
    made, _new = InspectionBasis.objects.get_or_create(
        name="§ 29 VwVfG",
        source="Bundesrecht",
        as_of=day,
        released_by="Rechtsamt",
        released_on=day,
    )
    return made


def compound_word() -> CompoundWord:
    values = {"word": "Kita", "rule": CompoundRule.PART, "changed_at": clock.now()}
    return CompoundWord.objects.get_or_create(folded="kita", defaults=values)[0]


def api_token() -> ApiToken:
    values = {
        "user": User.objects.filter(is_technical=True)[0],
        "secret_digest": b"\1" * 32,
        "created_by": personas.person(ADMINISTRATION),
        "created_at": clock.now(),
        "valid_until": date(2027, 12, 31),
    }
    return ApiToken.objects.get_or_create(name="Klagen", defaults=values)[0]


def mailbox() -> Mailbox:
    values = {"name": "Poststelle", "host": "imap.example", "user_name": "poststelle"}
    return Mailbox.objects.get_or_create(code="poststelle", defaults=values)[0]


class TestWhoReachesIt:
    def test_the_login_is_the_one_of_the_house(self, city: None) -> None:
        for target in (reverse("admin:index"), reverse("admin:login")):
            answer = Client().get(target, follow=True)
            assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
            assert answer.redirect_chain[0][1] == 302

    def test_clerks_do_not(self, client_of: ClientOf) -> None:
        client = client_of(CLERK_SOCIAL)
        for target in (reverse("admin:index"), address(OrgUnit, "changelist")):
            answer = client.get(target)
            assert answer.status_code in (302, 403)
            assert "Organisationseinheiten" not in answer.content.decode()

    def test_staff_without_permission_see_nothing(self, client_of: ClientOf) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        clerk.is_staff = True
        clerk.save()
        client = client_of(CLERK_SOCIAL)
        index = client.get(reverse("admin:index")).content.decode()
        assert "/admin/accounts/" not in index and "/admin/records/" not in index
        for model in admin.site._registry:
            one = sample(model)
            for page in PAGES:
                arguments = [] if page in ("changelist", "add") else [one.pk]
                assert client.get(address(model, page, *arguments)).status_code == 403, page
        search = reverse("admin:autocomplete")
        asked = {"app_label": "accounts", "model_name": "membership", "field_name": "unit_role"}
        assert client.get(search, asked).status_code == 403

    def test_a_person_sees_only_the_models_of_the_permission(self, client_of: ClientOf) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        clerk.is_staff = True
        clerk.save()
        clerk.user_permissions.add(Permission.objects.get(codename="view_documenttype"))
        client = client_of(CLERK_SOCIAL)
        assert client.get(address(DocumentType, "changelist")).status_code == 200
        assert client.get(address(DocumentType, "add")).status_code == 403
        assert client.get(address(OrgUnit, "changelist")).status_code == 403


class TestPagesOpen:
    @pytest.mark.parametrize("page", PAGES)
    def test_in_few_queries(
        self,
        administrator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
        page: str,
    ) -> None:
        administrator.get(reverse("admin:index"))
        for model in admin.site._registry:
            arguments = [] if page in ("changelist", "add") else [sample(model).pk]
            url = address(model, page, *arguments)
            with django_assert_max_num_queries(15, info=url):
                answer = administrator.get(url)
            assert answer.status_code == 200, url

    def test_the_lists_can_be_searched(self, administrator: Client) -> None:
        for model, one in admin.site._registry.items():
            if one.search_fields:
                url = f"{address(model, 'changelist')}?q=50"
                assert administrator.get(url).status_code == 200

    def test_the_index_is_german(self, administrator: Client) -> None:
        page = administrator.get(reverse("admin:index")).content.decode()
        for word in ("Stammdaten", "Personen", "Organisationseinheiten", "Aktenplaneinträge"):
            assert word in page


class TestChangesAreRecorded:
    def test_names_of_fields_and_no_values(self, administrator: Client) -> None:
        unit = OrgUnit.objects.get(code="20")
        url = address(OrgUnit, "change", unit.pk)
        sent = form_of(administrator, url) | {"name": "Geheime Kämmerei"}
        assert administrator.post(url, sent).status_code == 302
        unit.refresh_from_db()
        assert unit.name == "Geheime Kämmerei"
        assert entries(OrgUnit, unit.pk) == [("accounts.orgunit", ["name"])]
        entry = AuditEntry.objects.get(action=CHANGED)
        assert entry.actor_id == personas.person(ADMINISTRATION).pk
        assert entry.object_uuid == unit.uuid
        assert entry.channel == "admin"
        written = repr([getattr(entry, f.attname) for f in AuditEntry._meta.concrete_fields])
        assert "Geheime" not in written

    def test_saving_without_a_change_is_none(self, administrator: Client) -> None:
        for model in (OrgUnit, DocumentType, FilePlan, FilePlanEntry, SpecialistSystem, User):
            url = address(model, "change", sample(model).pk)
            answer = administrator.post(url, form_of(administrator, url))
            assert answer.status_code == 302, answer.context["errors"]
        assert not AuditEntry.objects.filter(action=CHANGED).exists()

    def test_new_rows_too(self, administrator: Client) -> None:
        url = address(DocumentType, "add")
        sent = form_of(administrator, url) | {"code": "neu", "name": "Neuer Typ"}
        assert administrator.post(url, sent).status_code == 302
        made = DocumentType.objects.get(code="neu")
        assert entries(DocumentType, made.pk) == [("records.documenttype", ["code", "name"])]

    def test_a_plan_entry_keeps_history_and_version(self, administrator: Client) -> None:
        entry = FilePlanEntry.objects.get(code="63.10")
        url = address(FilePlanEntry, "change", entry.pk)
        administrator.post(url, form_of(administrator, url) | {"title": "Bauanträge"})
        entry.refresh_from_db()
        assert (entry.title, entry.row_version) == ("Bauanträge", 2)
        assert entry.history.count() == 2
        assert entries(FilePlanEntry, entry.pk) == [("records.fileplanentry", ["title"])]

    def test_s3_a_password_set_for_somebody_else(self, administrator: Client) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        url = reverse("admin:auth_user_password_change", args=[clerk.pk])
        wrong = {"password1": "kurz", "password2": "anders", "usable_password": "true"}
        assert administrator.post(url, wrong).status_code == 200
        assert entries(User) == []
        right = dict.fromkeys(("password1", "password2"), "Nordlicht-Fahrrad-41")
        answer = administrator.post(url, right | {"usable_password": "true"})
        assert answer.status_code == 302
        assert entries(User, clerk.pk) == [("accounts.user", ["password"])]


class TestRoles:
    """Giving roles: tests/records/test_reference_data_admin.py."""

    def test_a_role_ends_by_date(self, administrator: Client) -> None:
        story = stories.social_file()
        clerk = personas.person(CLERK_SOCIAL)
        url = address(User, "change", clerk.pk)
        yesterday = (clock.today() - timedelta(days=1)).strftime("%d.%m.%Y")
        sent = form_of(administrator, url) | {"memberships-0-valid_until": yesterday}
        assert administrator.post(url, sent).status_code == 302
        assert AuditEntry.objects.filter(action=MEMBERSHIP_CHANGED, object_id=clerk.pk).count() == 1
        visible = CaseFile.objects.visible_to(personas.person(CLERK_SOCIAL))
        assert not visible.filter(pk=story.case_file.pk).exists()

    def test_a_role_is_never_deleted(self, administrator: Client) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        url = address(User, "change", clerk.pk)
        sent = form_of(administrator, url) | {"memberships-0-DELETE": "on"}
        administrator.post(url, sent)
        assert clerk.memberships.count() == 1

    def test_a_principal_made_once_cannot_become_another(self, administrator: Client) -> None:
        """Scopes name its group: another unit's people would see this one's files."""
        role = UnitRole.objects.get(unit__code="50.1", role=Role.CLERK)
        other = OrgUnit.objects.get(code="63.1")
        url = address(UnitRole, "change", role.pk)
        assert administrator.get(url).status_code == 200
        assert administrator.post(url, {"unit": other.pk, "role": Role.CLERK}).status_code == 403
        role.refresh_from_db()
        assert role.unit.code == "50.1"

    def test_a_new_principal_is_in_the_audit(self, administrator: Client) -> None:
        unit = OrgUnit.objects.get(code="63.1")
        sent = {"unit": unit.pk, "role": Role.REGISTRY}
        assert administrator.post(address(UnitRole, "add"), sent).status_code == 302
        made = UnitRole.objects.get(unit=unit, role=Role.REGISTRY)
        assert made.group.name == "63.1 Registratur"
        assert entries(UnitRole, made.pk) == [("accounts.unitrole", ["unit", "role"])]

    def test_circles_are_the_known_ones(self, administrator: Client) -> None:
        unit = OrgUnit.objects.get(code="50.1")
        url = address(OrgUnit, "change", unit.pk)
        answer = administrator.post(url, form_of(administrator, url) | {"circles": "sozail"})
        assert answer.status_code == 200
        unit.refresh_from_db()
        assert unit.circles == [Circle.SOCIAL]
