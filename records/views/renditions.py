"""What the reader says about the PDF of an Office file or mail: made, on its way, impossible and why."""

from django.utils.translation import gettext as _

from records.choices import RenditionState
from records.content import office
from records.content.office_confinement import OfficeLimits
from records.content.office_types import OFFICE_TYPES, may_hold_macros
from records.models import Component
from records.selectors.documents import rendition_of, viewed_blob
from records.services.rendition_queue import RENDERED
from records.views.tables import problem_text


def note_of(component: Component) -> str:
    """Beside the pages of a rendition: what they are; empty for files shown as they are."""
    blob = viewed_blob(component)
    if blob is component.blob:
        return ""
    said = [_("Ansicht als PDF, maßgeblich ist das Original.")]
    if (blob.page_count or 0) >= OfficeLimits().pages:
        said.append(_("Sie zeigt die ersten %(n)s Seiten.") % {"n": blob.page_count})
    if may_hold_macros(component.blob.mime_type):
        said.append(_("Makros der Datei wurden nicht ausgeführt."))
    return " ".join(said)


def why_missing(component: Component) -> str:
    """Why an Office file or mail has no pages to show now; empty for files of other types."""
    if component.blob.mime_type not in RENDERED:
        return ""
    rendition = rendition_of(component)
    if rendition is not None and rendition.state == RenditionState.FAILED:
        return _("Aus der Datei lässt sich keine Ansicht erzeugen: Sie ist %(problem)s.") % {
            "problem": problem_text(rendition.problem)
        }
    if component.blob.mime_type in OFFICE_TYPES and office.program() is None:
        return _("Office-Dateien zeigt dieser Server nicht an, weil LibreOffice fehlt.")
    return _("Die Ansicht wird gerade erzeugt. Laden Sie die Seite in einer Minute neu.")
