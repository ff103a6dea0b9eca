"""Closing days in Django admin; follow-ups are the clerks' own and never registered."""

from django.contrib import admin

from goettingen_ecm.desk.admin import ReferenceAdmin
from workflows.models import ClosingDay


@admin.register(ClosingDay)
class ClosingDayAdmin(ReferenceAdmin):
    list_display = ["day", "name"]
    date_hierarchy = "day"
    search_fields = ["name"]
