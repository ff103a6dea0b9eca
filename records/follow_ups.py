"""Follow-ups on files and documents: targets for workflows, key ``w``, panel of the file page."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from records import actions
from records.actions import Action
from records.models import CaseFile, Document
from records.panels import FilePanel, file_panels
from records.selectors.case_files import documents_shown, visible_case_file
from records.selectors.documents import visible_document
from workflows import selectors, targets
from workflows.models import FollowUp
from workflows.selectors import Listed
from workflows.targets import Target

FILE, DOCUMENT = CaseFile._meta.label_lower, Document._meta.label_lower
FILE_ADDRESS, DOCUMENT_ADDRESS = "akte", "dokument"


class CaseFileSource:
    """Case files as targets."""

    object_type = FILE

    def visible_to(self, user: Person) -> QuerySet[Any]:
        return CaseFile.objects.visible_to(user)

    def describe(self, user: Person, ids: Iterable[int]) -> Mapping[int, Target]:
        rows = self.visible_to(user).filter(pk__in=list(ids))
        names = rows.only("uuid", "aktenzeichen", "title", "lead_unit")
        return {one.pk: file_target(one) for one in names}

    def find(self, user: Person, uuid: UUID) -> Target:
        return file_target(visible_case_file(user, uuid))


class DocumentSource:
    """Documents as targets: their page needs sight of the document and of its file."""

    object_type = DOCUMENT

    def visible_to(self, user: Person) -> QuerySet[Any]:
        files = rights_of(user).scope_ids
        return documents_shown(user).filter(case_file__scope__any_of=files)

    def describe(self, user: Person, ids: Iterable[int]) -> Mapping[int, Target]:
        rows = self.visible_to(user).filter(pk__in=list(ids)).select_related("case_file")
        names = rows.only("uuid", "title", "case_file__aktenzeichen", "case_file__lead_unit")
        return {one.pk: document_target(one) for one in names}

    def find(self, user: Person, uuid: UUID) -> Target:
        found = visible_document(user, uuid)
        described: Target = self.describe(user, [found.pk])[found.pk]
        return described


def file_target(case_file: CaseFile) -> Target:
    return Target(
        object_type=FILE,
        object_id=case_file.pk,
        object_uuid=case_file.uuid,
        title=f"{case_file.aktenzeichen} {case_file.title}",
        url=reverse("case-file", args=[case_file.uuid]),
        icon="folder",
        unit_id=case_file.lead_unit_id,
    )


def document_target(document: Document) -> Target:
    return Target(
        object_type=DOCUMENT,
        object_id=document.pk,
        object_uuid=document.uuid,
        title=f"{document.title} ({document.case_file.aktenzeichen})",
        url=reverse("document", args=[document.uuid]),
        icon="document",
        unit_id=document.case_file.lead_unit_id,
    )


def file_actions(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Whoever sees a file may have it laid before him again."""
    return [_action(FILE_ADDRESS, case_file.uuid)]


def document_actions(request: HttpRequest, document: Document) -> list[Action]:
    return [_action(DOCUMENT_ADDRESS, document.uuid)]


def _action(kind: str, uuid: UUID) -> Action:
    return Action(
        _("Wiedervorlage anlegen"),
        reverse("follow-up-new", args=[kind, uuid]),
        "calendar",
        key="w",
    )


def file_panel(request: HttpRequest, case_file: CaseFile) -> FilePanel | None:
    """Open follow-ups of the file and its visible documents, whoever they are for."""
    documents = documents_shown(request.user).filter(case_file=case_file).order_by()
    rows = selectors.open_ones_of((FILE, [case_file.pk]), (DOCUMENT, documents.values("pk")))
    if not rows:
        return None
    names = {(FILE, case_file.pk): file_target(case_file)}
    ids = [one.object_id for one in rows if one.object_type == DOCUMENT]
    if ids:
        for pk, target in DocumentSource().describe(request.user, ids).items():
            names[DOCUMENT, pk] = target
    shown = selectors.with_targets(rows, names)
    context = {"rows": [(row, _may_act(request, row)) for row in shown], "case_file": case_file}
    return FilePanel(_("Wiedervorlagen"), "records/file_follow_ups.html", context)


def _may_act(request: HttpRequest, row: Listed) -> bool:
    """Buttons only where they work; whom an overdue one has reached finds it in the list."""
    item: FollowUp = row.item
    rights = rights_of(request.user)
    if item.owner_role is None:
        whole = {one.user_id for one in rights.borrowed if one.whole}
        return item.owner_id == request.user.pk or item.owner_id in whole
    # A Leitung above holds the Leitung below too, but not its list.
    if item.owner_role.role == Role.HEAD:
        return False
    return rights.has_role_in(item.unit_id, Role(item.owner_role.role))


def register() -> None:
    """Called once when the app is ready."""
    targets.sources.register(FILE_ADDRESS, CaseFileSource())
    targets.sources.register(DOCUMENT_ADDRESS, DocumentSource())
    actions.file_actions.register("records.follow_ups", file_actions, order=30)
    actions.document_actions.register("records.follow_ups", document_actions, order=30)
    file_panels.register("records.follow_ups", file_panel, order=20)
