"""Follow-ups a person may see: the target decides."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from goettingen_ecm.access.principals import Person
from workflows.models import FollowUp
from workflows.policies import addressed_to
from workflows.targets import sources


def with_visible_target(rows: "QuerySet[FollowUp]", user: Person) -> "QuerySet[FollowUp]":
    """Only follow-ups whose target the person sees (policy rule 2)."""
    seen = [
        Q(object_type=source.object_type)
        & Q(Exists(source.visible_to(user).order_by().filter(pk=OuterRef("object_id"))))
        for source in sources.entries()
    ]
    return rows.filter(reduce(or_, seen)) if seen else rows.none()


def in_the_list_of(user: Person) -> "QuerySet[FollowUp]":
    """Follow-ups, open and done, the person may act on."""
    return with_visible_target(FollowUp.objects.filter(addressed_to(user)), user)
