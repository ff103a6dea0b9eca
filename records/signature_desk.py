"""Electronic signatures at the desk: the verdict in the head of a document, in plain German."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from records import actions
from records.actions import Fact
from records.choices import SignatureState
from records.content.signature_results import Chain, Finding
from records.models import Document
from records.selectors.signatures import Checked, checked_files


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature is worth: tone of the badge, one sentence, what to do."""

    tone: str
    icon: str
    label: str
    meaning: str
    advice: str


def verdict(found: Finding) -> Verdict:
    """From bad to good: what was changed counts more than who signed."""
    if found.problem:
        return Verdict(
            "warning",
            "warning",
            _("nicht prüfbar"),
            _("Die Unterschrift benutzt ein veraltetes Verfahren oder ist beschädigt."),
            _("Verlassen Sie sich nicht auf sie. Fragen Sie im Zweifel bei der Person nach."),
        )
    if not found.intact:
        return Verdict(
            "danger",
            "danger",
            _("ungültig"),
            _("Der Inhalt stimmt nicht mit dem überein, was unterschrieben wurde."),
            _("Behandeln Sie die Datei als nicht unterschrieben und fordern Sie sie neu an."),
        )
    if found.changed and not found.harmless:
        return Verdict(
            "danger",
            "danger",
            _("nachträglich verändert"),
            _("Nach dem Unterschreiben wurde etwas hinzugefügt oder geändert."),
            _("Unterschrieben ist nur der frühere Stand. Fordern Sie die Datei neu an."),
        )
    return _of_certificate(found)


def _of_certificate(found: Finding) -> Verdict:
    if found.chain == Chain.EXPIRED:
        return Verdict(
            "warning",
            "warning",
            _("unverändert, Zertifikat abgelaufen"),
            _("Der Inhalt ist unverändert. Das Zertifikat gilt heute nicht mehr."),
            _("Prüfen Sie, ob es beim Unterschreiben noch galt; ein Zeitstempel belegt das."),
        )
    if found.chain == Chain.UNKNOWN:
        return Verdict(
            "warning",
            "warning",
            _("unverändert, Aussteller unbekannt"),
            _("Der Inhalt ist unverändert. Wer wirklich unterschrieben hat, ist nicht gesichert."),
            _("Ist eine qualifizierte Signatur verlangt, prüfen Sie sie mit einem Prüfdienst."),
        )
    if found.sender_matches is False:
        return Verdict(
            "warning",
            "warning",
            _("unverändert, anderer Absender"),
            _("Das Zertifikat nennt eine andere E-Mail-Adresse als der Absender."),
            _("Fragen Sie nach, ob die Nachricht von dieser Person stammt."),
        )
    added = _(" Formularfelder oder Anmerkungen kamen später hinzu.") if found.changed else ""
    return Verdict(
        "success",
        "success",
        _("gültig"),
        _("Der Inhalt ist unverändert, der Aussteller ist der Stadt bekannt.") + added,
        _("Ob das Zertifikat gesperrt wurde, ist nicht geprüft (keine Abfrage im Netz)."),
    )


def moment_of(text: str) -> datetime | None:
    """A moment of a finding."""
    return datetime.fromisoformat(text) if text else None


def signed_by(found: Finding) -> str:
    """``Erika Muster, 23.11.2026 10:15``: by a time stamp if there is one."""
    at = moment_of(found.stamped_at or found.claimed_at)
    named = found.signer or _("unbekannt")
    return f"{named}, {german.date_time(at)}" if at else named


def document_facts(request: HttpRequest, document: Document) -> list[Fact]:
    """One line for all signatures; asked for only where there is a report."""
    if not getattr(document, "has_signatures", False):
        return []
    address = reverse("document-signatures", args=[document.uuid])
    return [Fact(_told(one), _icon(one), address) for one in checked_files(document)[:3]]


def _told(one: Checked) -> str:
    if one.report.state == SignatureState.WAITING:
        return _("elektronische Signatur wird geprüft")
    if one.report.state == SignatureState.FAILED:
        return _("elektronische Signatur nicht prüfbar")
    labels = dict.fromkeys(verdict(found).label for found in one.findings)
    return _("elektronisch signiert: %(labels)s") % {"labels": "; ".join(labels)}


def _icon(one: Checked) -> str:
    icons = [verdict(found).icon for found in one.findings]
    for worst in ("danger", "warning"):
        if worst in icons:
            return worst
    return "shield"


def register() -> None:
    """Called once when the app is ready."""
    actions.document_facts.register("records.signatures", document_facts, order=4)
