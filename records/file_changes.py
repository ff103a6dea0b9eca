"""What the file's menu and head offer for changing the file itself, its matters and volumes."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import policies
from records.actions import Action, Fact, file_actions, file_facts
from records.choices import CaseFileKind, MatterStatus
from records.models import CaseFile
from records.selectors.case_files import chosen_matter
from records.selectors.volumes import volumes_of


def offered(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Nothing that would be refused; only the cover sheet once the file is closed."""
    sheet = Action(_("Deckblatt drucken"), _of(case_file, "case-file-cover-sheet"), "print")
    if not policies.is_open(case_file):
        return [sheet]
    actions: list[Action] = []
    if policies.can_file_documents(request.user, case_file):
        actions += [
            Action(_("Angaben ändern"), _of(case_file, "case-file-edit"), "edit", key="e"),
            Action(_("Neuer Vorgang"), _of(case_file, "matter-new"), "plus"),
            *_of_matter(case_file),
        ]
    if policies.can_reassign(request.user, case_file):
        actions.append(
            Action(_("Umschreiben"), _of(case_file, "case-file-reassign"), "arrow-right")
        )
        if case_file.kind == CaseFileKind.SUBJECT:
            actions.append(Action(_("Folgeband anlegen"), _of(case_file, "volume-new"), "copy"))
    return [*actions, sheet]


def _of(case_file: CaseFile, name: str) -> str:
    return reverse(name, args=[case_file.uuid])


def _of_matter(case_file: CaseFile) -> list[Action]:
    """For the matter that is chosen in the tree, while it is in work."""
    matter = chosen_matter(case_file)
    if matter is None or matter.status != MatterStatus.ACTIVE:
        return []
    chosen = matter.uuid
    below = f"{_of(case_file, 'matter-new')}?unter={chosen}"
    return [
        Action(_("Vorgang ändern"), reverse("matter-edit", args=[chosen]), "edit"),
        Action(_("Teilvorgang anlegen"), below, "plus"),
        Action(_("Dokumente verschieben"), reverse("matter-move", args=[chosen]), "folder-open"),
        Action(_("Register des Vorgangs"), reverse("matter-register", args=[chosen]), "columns"),
    ]


def volume_facts(request: HttpRequest, case_file: CaseFile) -> list[Fact]:
    """The file's own number among its volumes, and the ways to the others."""
    facts = []
    for number, volume in volumes_of(request.user, case_file):
        own = volume.pk == case_file.pk
        label = _("dies ist Band %(n)s") if own else _("Band %(n)s")
        address = "" if own else _of(volume, "case-file")
        facts.append(Fact(label % {"n": number}, "folder", address))
    return facts


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.changing", offered, order=10)
    file_facts.register("records.volumes", volume_facts, order=10)
