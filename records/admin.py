"""Reference data of people, organisation and file plan in Django admin."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.audit_sentences import MEMBERSHIP_CHANGED
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.desk.admin import ReferenceAdmin, record_reference_change
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from records import file_type_admin, inspection_admin, word_list_admin
from records.models import DocumentType, FilePlan, FilePlanEntry, SpecialistSystem
from records.services import plan_rights
from records.services.actor import Actor

__all__ = ["file_type_admin", "inspection_admin", "word_list_admin"]

admin.site.site_header = _("eAkte: Stammdaten")
admin.site.site_title = _("eAkte")
admin.site.index_title = _("Stammdaten")


OWN_ACCESS = ("is_active", "is_staff", "is_technical", "user_permissions")


def _membership_record(operation: Operation, one: Membership) -> AuditRecord:
    """Who got which role until when, by ids."""
    facts = {
        "unit_role_id": one.unit_role_id,
        "valid_from": one.valid_from and one.valid_from.isoformat(),
        "valid_until": one.valid_until and one.valid_until.isoformat(),
    }
    return AuditRecord.of(
        operation,
        MEMBERSHIP_CHANGED,
        object_type=User._meta.label_lower,
        object_id=one.user_id,
        object_uuid=one.user.uuid,
        digests={name: value for name, value in facts.items() if value is not None},
        channel="admin",
    )


def _actor(request: HttpRequest) -> Actor:
    return Actor(begin("records.rights.recompute", Acting(actor_id=request.user.pk)))


# What libraries register themselves: secrets of the second factor, and the groups that scopes name.
for _model in (Authenticator, EmailAddress, Group):
    admin.site.unregister(_model)


class MembershipInline(admin.TabularInline[Membership, User]):
    """Roles end by their date and stay on record; nobody gives roles to themselves."""

    model = Membership
    extra = 0
    autocomplete_fields = ["unit_role"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj != request.user and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj != request.user and super().has_change_permission(request, obj)


@admin.register(User)
class PersonAdmin(ReferenceAdmin, UserAdmin):  # type: ignore[type-arg]
    """People and their roles. Nobody becomes an all-seeing superuser here."""

    list_display = ["username", "display_name", "job_title", "is_active", "is_technical"]
    list_filter = ["is_active", "is_technical"]
    search_fields = ["username", "display_name", "last_name"]
    ordering = ["sort_key"]
    filter_horizontal = ["user_permissions"]
    inlines = [MembershipInline]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (
            _("Person"),
            {"fields": ("first_name", "last_name", "display_name", "job_title", "email")},
        ),
        (_("Zugang"), {"fields": ("is_active", "is_staff", "is_technical", "user_permissions")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Own permissions are given by somebody else."""
        return OWN_ACCESS if obj == request.user else ()

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """A password set by somebody else is in the audit."""
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if request.method == "POST" and getattr(answer, "url", "").endswith("/change/"):
                record_reference_change(request, User.objects.get(pk=id), ["password"])
        return answer

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        changed = [*formset.new_objects, *(one for one, _fields in formset.changed_objects)]
        if formset.model is Membership and changed:
            operation = begin(MEMBERSHIP_CHANGED, Acting(actor_id=request.user.pk))
            record([_membership_record(operation, one) for one in changed])


@admin.register(OrgUnit)
class OrgUnitAdmin(ReferenceAdmin):
    list_display = ["code", "name", "parent", "circles", "valid_until"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Not ``changed_data``: for a field with a callable default the browser says what it was.
        before = OrgUnit.objects.filter(pk=obj.pk).values_list("circles", flat=True).first()
        super().save_model(request, obj, form, change)
        if before is not None and set(before) != set(obj.circles):
            plan_rights.recompute_unit_rights([obj], _actor(request))


@admin.register(UnitRole)
class UnitRoleAdmin(ReferenceAdmin):
    """A role in a unit; its group is made with it. Once made it stays: scopes name its group."""

    list_display = ["unit", "role"]
    list_filter = ["role"]
    list_select_related = ["unit"]
    search_fields = ["unit__code", "unit__name", "role"]
    autocomplete_fields = ["unit"]
    fields = ["unit", "role"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        assert isinstance(obj, UnitRole)  # noqa: S101 - narrows for the checker
        made = ensure_unit_role(obj.unit, Role(obj.role))
        obj.pk, obj.group_id = made.pk, made.group_id
        record_reference_change(request, obj, form.changed_data)
        # Files the unit leads already do not name the new role yet.
        plan_rights.recompute_unit_rights([obj.unit], _actor(request))


@admin.register(FilePlan)
class FilePlanAdmin(ReferenceAdmin):
    list_display = ["code", "title", "valid_from", "valid_until"]


@admin.register(FilePlanEntry)
class FilePlanEntryAdmin(ReferenceAdmin):
    list_display = ["code", "title", "lead_unit", "circle", "retention_years", "locked"]
    list_filter = ["plan", "circle", "locked"]
    list_select_related = ["lead_unit"]
    search_fields = ["code", "title"]
    autocomplete_fields = ["parent", "lead_unit", "successor", "overflow_of"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.row_version += int(change and bool(form.changed_data))
        super().save_model(request, obj, form, change)
        if change and {"parent", "overflow_of"} & set(form.changed_data):
            plan_rights.recompute_branch_rights([obj], _actor(request))


@admin.register(DocumentType)
class DocumentTypeAdmin(ReferenceAdmin):
    list_display = ["name", "code"]
    search_fields = ["name", "code"]


@admin.register(SpecialistSystem)
class SpecialistSystemAdmin(ReferenceAdmin):
    list_display = ["name", "code", "circle", "branch"]
    list_select_related = ["branch"]
    autocomplete_fields = ["branch", "technical_user"]
