"""What the page of a file costs when it has 10,000 documents instead of 100: ratios, not times."""

import uuid

from django.test import Client
from django.urls import reverse

from goettingen_ecm.access.paging import Cursor
from records.benchmarks.page_city import TYPES
from records.benchmarks.page_costs import costs, median_cpu
from records.models import Document, DocumentType, Matter
from records.selectors.documents import COLUMNS

PAGE = 50


def addresses(name: uuid.UUID) -> dict[str, str]:
    """First and last page, each filter, each order: the same for every file."""
    base = reverse("case-file", args=[name])
    rows = Document.objects.filter(case_file__uuid=name).order_by("-sort_date", "-pk")
    kind = DocumentType.objects.get(code=f"bench-{TYPES[0]}")
    matter = Matter.objects.filter(case_file__uuid=name).order_by("pk")[0]
    last = rows[rows.count() - PAGE - 1]
    queries = {
        "first": "",
        "last": f"?nach={Cursor(str(last.sort_date), last.pk).encode()}",
        "matter": f"?vorgang={matter.uuid}",
        "type": f"?dokumenttyp={kind.pk}",
        "direction": "?richtung=eingang",
        "year": f"?dokumentjahr={rows[0].sort_date.year}",
        "state": "?dokumentstand=gueltig",
        "cancelled": "?storno=auch",
        **{f"by_{word}": f"?sortierung={word}" for word in COLUMNS},
    }
    return {view: base + query for view, query in queries.items()}


def ratios(client: Client, long: uuid.UUID, short: uuid.UUID, runs: int) -> dict[str, float]:
    """``long_file_<view>_cpu_ms_median`` and how many times the same view of the short file it
    costs."""
    found: dict[str, float] = {}
    of_short = addresses(short)
    for view, address in addresses(long).items():
        large, little = (median_cpu(costs(client, a, runs)) for a in (address, of_short[view]))
        found[f"long_file_{view}_cpu_ms_median"] = large
        found[f"long_file_{view}_ratio"] = large / little if little else 0.0
    return found
