"""What has arrived for a unit and is not filed yet: sources that apps register.

"Noch nicht veraktet" counts only what the system holds: entries of specialist systems on their way
and clearing cases (registered by integrations), and drafts. Paper, shares and mailboxes are not seen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations.registry import Registry
from records.choices import DocumentStatus
from records.models import Document

# When something began to wait and when it ended; None while it waits.
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class UnfiledSource:
    """``count`` is what waits now; ``spans`` tell since a moment how long what waited, where known."""

    label: str | Promise
    count: Callable[[OrgUnit], int]
    spans: Callable[[OrgUnit, datetime], Iterable[Span]] | None = None
    url_name: str = ""


unfiled: Registry[UnfiledSource] = Registry()


def drafts_of(unit: OrgUnit) -> int:
    """Documents of the unit's files that are drafts."""
    return Document.objects.filter(case_file__lead_unit=unit, status=DocumentStatus.DRAFT).count()


def register() -> None:
    """Called once when the app is ready."""
    unfiled.register("records.drafts", UnfiledSource(_("Entwürfe in Akten"), drafts_of), order=30)
