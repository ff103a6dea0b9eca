"""Reports of the signatures of a document's files."""

from dataclasses import dataclass

from records.choices import SHOWN_SIGNATURES, ComponentKind
from records.content.signature_results import Finding, finding_in
from records.models import Component, Document, SignatureReport

READABLE = (ComponentKind.MAIN, ComponentKind.ATTACHMENT)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that looks signed, and what the check found."""

    component: Component
    report: SignatureReport
    findings: list[Finding]


def checked_files(document: Document) -> list[Checked]:
    """Those of the current version, in their order. One query."""
    rows = Component.objects.filter(
        version__document=document,
        version__number=document.version_number,
        kind__in=READABLE,
        blob__signature_report__state__in=SHOWN_SIGNATURES,
    )
    found = rows.select_related("blob__signature_report").order_by("position")
    return [_checked(one, one.blob.signature_report) for one in found]


def _checked(component: Component, report: SignatureReport) -> Checked:
    return Checked(component, report, [finding_in(values) for values in report.signatures])
