"""What a merge of matters will carry along, and where a merged matter leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from goettingen_ecm.access.principals import Person, rights_of
from records.choices import DocumentStatus, MatterStatus
from records.models import (
    CrossReference,
    Document,
    ExternalKey,
    Matter,
    MatterMerge,
    Participation,
    RegisterSection,
)
from records.selectors.case_files import STATES_IN_USE
from records.services.notes import TYPE_CODE
from workflows.models import FollowUp


@dataclass(frozen=True, slots=True)
class Carried:
    """How many of each will be found in the new matter; ``staying``: cancelled documents."""

    documents: int
    staying: int
    notes: int
    follow_ups: int
    sections: int
    participations: int
    references: int
    sub_matters: int
    keys: int


def carried(sources: Sequence[Matter]) -> Carried:
    """The sums over visible matters; the number of queries does not depend on how many they are."""
    rows = Document.objects.filter(matter__in=sources)
    lying = rows.filter(status__in=STATES_IN_USE)
    sums = rows.aggregate(
        documents=Count("pk", filter=Q(status__in=STATES_IN_USE)),
        staying=Count("pk", filter=Q(status=DocumentStatus.CANCELLED)),
        notes=Count("pk", filter=Q(status__in=STATES_IN_USE, document_type__code=TYPE_CODE)),
    )
    waiting = FollowUp.objects.filter(
        object_type=Document._meta.label_lower, object_id__in=lying.values("pk"), done_at=None
    )
    parties = Participation.objects.filter(matter__in=sources, removed_at=None)
    at_sources = Q(source_matter__in=sources) | Q(target_matter__in=sources)
    below = Matter.objects.filter(parent__in=sources).exclude(pk__in=[one.pk for one in sources])
    sections = RegisterSection.objects.filter(matter__in=sources)
    return Carried(
        **sums,
        follow_ups=waiting.count(),
        sections=sections.values("title").distinct().count(),
        participations=parties.values("party", "role").distinct().count(),
        references=CrossReference.objects.filter(at_sources, removed_at=None).count(),
        sub_matters=below.exclude(status=MatterStatus.CANCELLED).count(),
        keys=ExternalKey.objects.filter(matter__in=sources, document=None).count(),
    )


@dataclass(frozen=True, slots=True)
class Successor:
    """A matter was merged; into which one, as far as the person sees it."""

    target: Matter | None


def successor_of(user: Person, matter: Matter) -> Successor | None:
    """Where a cancelled matter leads; None when it was cancelled without a successor."""
    rows = MatterMerge.objects.filter(source=matter, undone_at=None)
    found = rows.select_related("target__case_file").first()
    if found is None:
        return None
    seen = rights_of(user).scope_ids
    shown = found.target.scope_id in seen and found.target.case_file.scope_id in seen
    return Successor(found.target if shown else None)
