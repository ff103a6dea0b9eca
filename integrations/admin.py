"""What the Fachadministration sets up about interfaces: mailboxes, without their passwords."""

from django.contrib import admin

from goettingen_ecm.desk.admin import ReferenceAdmin
from integrations.models import Mailbox
from integrations.rest.admin import ApiTokenAdmin

__all__ = ["ApiTokenAdmin", "MailboxAdmin"]


@admin.register(Mailbox)
class MailboxAdmin(ReferenceAdmin):
    list_display = ["name", "host", "user_name", "folder", "unit", "is_active"]
    list_select_related = ["unit"]
    autocomplete_fields = ["unit"]
    prepopulated_fields = {"code": ["name"]}
