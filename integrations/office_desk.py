"""Editing in Word and LibreOffice at the desk: menus and heads of the document and file pages."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from integrations.webdav.editors import can_edit
from records import actions, policies
from records.actions import Action, Fact
from records.choices import MatterStatus
from records.models import CaseFile, Document, WorkingCopy
from records.selectors.case_files import chosen_matter
from records.selectors.documents import lock_of


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    """For whoever may change it now, where the file is one of these programs'."""
    lock = lock_of(document)
    held = lock is not None and lock.holder_id != request.user.pk
    if held or not can_edit(document.mime_type):
        return []
    if not policies.can_change_document(request.user, document):
        return []
    address = reverse("document-office", args=[document.uuid])
    return [Action(_("In Word oder LibreOffice bearbeiten"), address, "edit")]


def document_facts(request: HttpRequest, document: Document) -> list[Fact]:
    """What an editor has saved and is no Fassung yet; asked for only where there is one."""
    if not getattr(document, "has_working_copy", False):
        return []
    copy = WorkingCopy.objects.select_related("holder").filter(document=document).first()
    if copy is None:
        return []
    facts = {
        "name": _("Ihnen") if copy.holder_id == request.user.pk else copy.holder,
        "at": german.date_time(copy.saved_at),
        "why": copy.problem,
    }
    label = _("Arbeitsstand von %(name)s, %(at)s: noch keine Fassung") % facts
    if copy.problem:
        label = _("Arbeitsstand von %(name)s, %(at)s, nicht abgelegt: %(why)s") % facts
    may = policies.can_change_document(request.user, document)
    return [Fact(label, "edit", reverse("document-check-out", args=[document.uuid]) if may else "")]


def file_actions(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """The shown matter as a folder, for whoever files into it."""
    matter = chosen_matter(case_file)
    if matter is None or matter.status != MatterStatus.ACTIVE or not policies.is_open(case_file):
        return []
    if not policies.can_file_documents(request.user, case_file):
        return []
    address = reverse("matter-folder", args=[matter.uuid])
    return [Action(_("Vorgang als Ordner öffnen"), address, "folder-open")]


def register() -> None:
    """Called once when the app is ready."""
    actions.document_actions.register("integrations.office", document_actions, order=8)
    actions.document_facts.register("integrations.office", document_facts, order=11)
    actions.file_actions.register("integrations.office", file_actions, order=60)
