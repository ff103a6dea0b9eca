"""Which document types an entry of the plan takes (requirements A4)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import InvalidInput
from records.models import CaseFile, DocumentType, FilePlanEntry
from records.selectors.plan_effects import nearest
from records.services.actor import Actor


def require_allowed_types(
    typed: Iterable[tuple[CaseFile, DocumentType | None]], actor: Actor
) -> None:
    """Refuse a type the file's entry does not take; the nearest entry that names types counts.

    Specialist systems deliver what they have. At most two queries, none without a type. Raises
    InvalidInput that names what is possible.
    """
    wanted = [(case_file, kind) for case_file, kind in typed if kind is not None]
    if actor.system is not None or not wanted:
        return
    ids = {pk for case_file, _kind in wanted for pk in case_file.entry.ancestors}
    by_id = FilePlanEntry.objects.only("allowed_types").in_bulk(list(ids))
    for case_file, kind in wanted:
        path = [by_id[pk] for pk in reversed(case_file.entry.ancestors)]
        allowed = nearest(path, "allowed_types")
        if allowed and kind.code not in allowed:
            raise _refusal(case_file, kind, allowed)


def _refusal(case_file: CaseFile, kind: DocumentType, allowed: list[str]) -> InvalidInput:
    names = DocumentType.objects.filter(code__in=allowed).values_list("name", flat=True)
    return InvalidInput(
        _("Der Eintrag %(entry)s sieht den Dokumenttyp „%(kind)s“ nicht vor.")
        % {"entry": case_file.entry.code, "kind": kind},
        field="document_type",
        next_step=_("Möglich sind: %(names)s.") % {"names": ", ".join(names)},
    )
