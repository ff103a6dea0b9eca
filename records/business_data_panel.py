"""The panel "Fachdaten" of the file page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from records import business_data, policies
from records.models import CaseFile
from records.panels import FilePanel, file_panels
from records.selectors.file_types import fields_of


def panel(request: HttpRequest, case_file: CaseFile) -> FilePanel | None:
    """What is known in the terms of the file's type; one query, none for files without any."""
    if not case_file.file_type and not case_file.business_data:
        return None
    lines = business_data.lines(fields_of(case_file.file_type), case_file.business_data)
    may_change = policies.is_open(case_file) and policies.can_file_documents(
        request.user, case_file
    )
    context: dict[str, object] = {
        "file_type": case_file.file_type,
        "pairs": [(one.label, one.text) for one in lines],
        "edit_url": reverse("case-file-edit", args=[case_file.uuid]) if may_change else "",
    }
    return FilePanel(_("Fachdaten"), "records/file_business_data.html", context, open=True)


def register() -> None:
    """Called once when the app is ready."""
    file_panels.register("records.business_data", panel, order=5)
