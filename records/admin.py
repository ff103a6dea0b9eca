"""Reference data of people, organisation and file plan in Django admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.desk.admin import ReferenceAdmin
from goettingen_ecm.operations.operation import Acting, begin
from records.models import DocumentType, FilePlan, FilePlanEntry, SpecialistSystem
from records.services import plan_rights
from records.services.actor import Actor

admin.site.site_header = _("eAkte: Stammdaten")
admin.site.site_title = _("eAkte")
admin.site.index_title = _("Stammdaten")


def _actor(request: HttpRequest) -> Actor:
    return Actor(begin("records.rights.recompute", Acting(actor_id=request.user.pk)))


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 0
    autocomplete_fields = ["unit_role"]


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


@admin.register(OrgUnit)
class OrgUnitAdmin(ReferenceAdmin):
    list_display = ["code", "name", "parent", "circles", "valid_until"]
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
    """A role in a unit; its group is made with it."""

    list_display = ["unit", "role"]
    list_filter = ["role"]
    list_select_related = ["unit"]
    search_fields = ["unit__code", "unit__name", "role"]
    fields = ["unit", "role"]

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        assert isinstance(obj, UnitRole)  # noqa: S101 - narrows for the checker
        if not obj.group_id:
            made = ensure_unit_role(obj.unit, Role(obj.role))
            obj.pk, obj.group_id = made.pk, made.group_id
        super().save_model(request, obj, form, True)
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
