"""Grundlagen der Akteneinsicht in Django admin: an office releases them, with source and date."""

from django.contrib import admin

from goettingen_ecm.desk.admin import ReferenceAdmin
from records.models import InspectionBasis


@admin.register(InspectionBasis)
class InspectionBasisAdmin(ReferenceAdmin):
    """Requests keep the wording they were made with."""

    list_display = ("name", "as_of", "released_by", "released_on", "valid_until")
    search_fields = ("name",)
