"""Where the Fachadministration makes and closes tokens. A secret is shown once, on the answer page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.admin import ReferenceAdmin
from goettingen_ecm.operations import clock
from integrations.models import ApiToken
from integrations.rest import tokens

FIELDS = ("name", "user", "may_write", "valid_until")


class ApiTokenForm(forms.ModelForm[ApiToken]):
    class Meta:
        model = ApiToken
        fields = FIELDS

    def clean_valid_until(self) -> Any:
        day = self.cleaned_data["valid_until"]
        if day < clock.today():
            raise forms.ValidationError(_("Der Tag liegt in der Vergangenheit."))
        return day


@admin.register(ApiToken)
class ApiTokenAdmin(ReferenceAdmin):
    """Made once, closed once, never changed: a program that needs more gets another token."""

    form = ApiTokenForm
    list_display = ["name", "user", "may_write", "valid_until", "revoked_at", "last_used_on"]
    list_select_related = ["user"]
    fields = FIELDS
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list with its action stays; an object is only looked at.
        return obj is None and super().has_change_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_technical=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, obj.secret = tokens.make_token(
            obj.user,
            obj.name,
            valid_until=obj.valid_until,
            may_write=obj.may_write,
            maker=person_of(request),
        )
        obj.pk, obj.uuid = made.pk, made.uuid

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"token": obj, "secret": obj.secret}
        return render(request, "admin/api_token_made.html", context)

    @admin.action(description=_("Ausgewählte Zugangsschlüssel sperren"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: "QuerySet[ApiToken]") -> None:
        open_ones = list(chosen.filter(revoked_at=None))
        for token in open_ones:
            tokens.revoke(token, person_of(request))
        self.message_user(request, _("%(n)s gesperrt.") % {"n": len(open_ones)})
