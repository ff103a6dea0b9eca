"""What stands in the way of moving documents into another file, asked for a whole set at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile, Document, ExternalKey, Matter
from records.selectors.holds import held_matter_ids
from records.services.actor import Actor
from records.services.document_types import require_allowed_types
from records.services.documents import filing_refusal


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents go: a file (with its entry), and the matter in it as far as it is chosen."""

    case_file: CaseFile
    matter: Matter | None = None


def obstacles(
    documents: Sequence[Document],
    wanted: Mapping[int, Place],
    actor: Actor,
    *,
    taking_back: bool = False,
) -> dict[int, Refusal]:
    """Why documents cannot be moved to their place, by id; those that can are missing.

    Reasons name no titles, because the results of jobs are kept. The number of queries does not
    depend on the number of documents; check-outs are asked for elsewhere (``locks``).
    ``taking_back``: where a document lay before, its type is not asked about.
    """
    asked = _Asked(documents, wanted, actor, taking_back=taking_back)
    found = {one.pk: asked.refusal(one, wanted[one.pk]) for one in documents}
    return {pk: refusal for pk, refusal in found.items() if refusal is not None}


class _Asked:
    """The answers all documents share: of files, matters, types and specialist systems."""

    def __init__(
        self,
        documents: Sequence[Document],
        wanted: Mapping[int, Place],
        actor: Actor,
        *,
        taking_back: bool,
    ) -> None:
        self.actor = actor
        places = [wanted[one.pk] for one in documents]
        files = [one.case_file for one in documents] + [one.case_file for one in places]
        self._of_files = {
            pk: filing_refusal(case_file, actor) for pk, case_file in _by_id(files).items()
        }
        self._held = held_matter_ids({one.matter_id for one in documents})
        self._types = {} if taking_back else _types_not_taken(documents, wanted, actor)
        self._branches = _outside_branch(documents, wanted)

    def refusal(self, document: Document, place: Place) -> Refusal | None:
        """The first reason, in the order a person can do something about it."""
        there = place.case_file
        return (
            self._of_files[document.case_file_id]
            or self._of_files[there.pk]
            or _state_refusal(document)
            or _same_file(document, there)
            or circle_refusal(document.case_file, there)
            or self._hold_refusal(document)
            or self._matter_refusal(place)
            or self._types.get((there.pk, document.document_type_id))
            or self._branches.get(document.pk)
        )

    def _hold_refusal(self, document: Document) -> Refusal | None:
        if document.matter_id not in self._held:
            return None
        return IllegalState(
            _("Auf der Akte oder dem Vorgang liegt eine Löschsperre; nichts verlässt sie."),
            next_step=_("Fragen Sie, wer die Löschsperre verantwortet."),
        )

    def _matter_refusal(self, place: Place) -> Refusal | None:
        matter, user = place.matter, self.actor.user
        if matter is None:
            return None
        if matter.case_file_id != place.case_file.pk:
            return IllegalState(_("Der Vorgang gehört zu einer anderen Akte."))
        if user is not None and matter.scope_id not in rights_of(user).scope_ids:
            return Forbidden(_("Diesen Teil der Akte dürfen Sie nicht bearbeiten."))
        return _closed(matter, _("Wählen Sie einen Vorgang in Bearbeitung."))


def _by_id(files: Sequence[CaseFile]) -> dict[int, CaseFile]:
    return {one.pk: one for one in files}


def _state_refusal(document: Document) -> Refusal | None:
    if document.status in (DocumentStatus.CANCELLED, DocumentStatus.MISFILED):
        return IllegalState(
            _("Stornierte Dokumente bleiben, wo sie sind."),
            next_step=_("Heben Sie zuerst das Storno auf."),
        )
    return _closed(document.matter, _("Die Registratur kann den Abschluss aufheben."))


def _closed(matter: Matter, advice: str) -> Refusal | None:
    if matter.status == CaseFileStatus.ACTIVE:
        return None
    state = {"state": matter.get_status_display()}
    return IllegalState(_("Der Vorgang ist %(state)s.") % state, next_step=advice)


def _same_file(document: Document, there: CaseFile) -> Refusal | None:
    if document.case_file_id != there.pk:
        return None
    return IllegalState(
        _("Das Dokument liegt schon in dieser Akte."),
        next_step=_("In einen anderen Vorgang der Akte verschieben Sie es am Vorgang."),
    )


def circle_refusal(source: CaseFile, there: CaseFile) -> Refusal | None:
    """Data leaves or enters a circle by its own law only (requirements S1)."""
    if source.circle == there.circle:
        return None
    return IllegalState(
        _("Die Akten gehören zu verschiedenen Berechtigungskreisen."),
        next_step=_(
            "Daten wechseln den Kreis nur mit Rechtsgrundlage: Fragen Sie den Datenschutz."
        ),
    )


def _types_not_taken(
    documents: Sequence[Document], wanted: Mapping[int, Place], actor: Actor
) -> dict[tuple[int, int | None], Refusal]:
    """The types the entry of a target does not take (requirements A4), by target and type."""
    kinds = {
        (place.case_file.pk, one.document_type_id): (place.case_file, one.document_type)
        for one in documents
        if (place := wanted[one.pk]) and one.document_type is not None
    }
    found: dict[tuple[int, int | None], Refusal] = {}
    for key, pair in kinds.items():
        try:
            require_allowed_types([pair], actor)
        except InvalidInput as refusal:
            found[key] = IllegalState(
                refusal.reason, next_step=_("Ändern Sie zuerst den Dokumenttyp.")
            )
    return found


def _outside_branch(
    documents: Sequence[Document], wanted: Mapping[int, Place]
) -> dict[int, Refusal]:
    """Outside its branch the specialist system could deliver no further version (K8)."""
    ids = [one.pk for one in documents]
    keys = ExternalKey.objects.filter(document__in=ids, system__branch__isnull=False)
    found: dict[int, Refusal] = {}
    for key in keys.select_related("system__branch"):
        entry = wanted[key.document_id or 0].case_file.entry
        if not policies.connector_may_file(key.system, entry):
            found[key.document_id or 0] = IllegalState(
                _("%(system)s liefert dieses Dokument und darf in %(entry)s nicht ablegen.")
                % {"system": key.system.name, "entry": entry.code},
                next_step=_("Wählen Sie eine Akte im Zweig des Fachverfahrens."),
            )
    return found
