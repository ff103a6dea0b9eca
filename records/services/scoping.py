"""Writing effective rights: scopes of files, their matters and documents, and search rows.

Only ``scope`` changes here, which is derived: no history, no new ``row_version``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from goettingen_ecm.access import scopes
from records.choices import DocumentStatus
from records.models import CaseFile, Document, Matter
from records.rights import RightsTable
from records.search_index import index
from records.services.documents import lock_case_files


def recompute(case_file_ids: Iterable[int]) -> dict[int, CaseFile]:
    """Bring the scopes of these files up to date, in the caller's transaction; locks the files."""
    files = lock_case_files(list(case_file_ids))
    table = RightsTable(list(files.values()))
    of_files = {pk: table.rights(f) for pk, f in files.items()}
    of_matters = _rights_of_matters(table, files)
    ids = scopes.scope_ids([*set(of_files.values()) | set(of_matters.values())])
    _write(CaseFile.objects.all(), "pk", {pk: ids[wanted] for pk, wanted in of_files.items()})
    _write(Matter.objects.all(), "pk", {pk: ids[wanted] for pk, wanted in of_matters.items()})
    # A Fehlablage is nobody's, whoever may see its file and matter.
    shown = Document.objects.exclude(status=DocumentStatus.MISFILED)
    _write(shown, "matter_id", {pk: ids[wanted] for pk, wanted in of_matters.items()})
    index.follow_files(list(files))
    for pk, case_file in files.items():
        case_file.scope_id = ids[of_files[pk]]
    return files


def _rights_of_matters(
    table: RightsTable, files: Mapping[int, CaseFile]
) -> dict[int, scopes.Rights]:
    """A matter sees at most what its file does, a sub-matter at most what its matter does."""
    matters = Matter.objects.filter(case_file_id__in=files).order_by("id").in_bulk()
    known: dict[tuple[int, tuple[tuple[int, ...], ...]], scopes.Rights] = {}
    found = {}
    for pk, matter in matters.items():
        key = (matter.case_file_id, tuple(_narrowings(matter, matters)))
        if key not in known:
            known[key] = table.rights(files[matter.case_file_id], *key[1])
        found[pk] = known[key]
    return found


def _narrowings(matter: Matter, matters: Mapping[int, Matter]) -> list[tuple[int, ...]]:
    found = []
    step: Matter | None = matter
    while step is not None:
        if step.narrow_to is not None:
            found.append(tuple(sorted(step.narrow_to)))
        step = matters[step.parent_id] if step.parent_id else None
    return found


def _write(rows: models.QuerySet[Any], column: str, wanted: Mapping[int, int]) -> None:
    by_scope: dict[int, list[int]] = defaultdict(list)
    for key, scope_id in wanted.items():
        by_scope[scope_id].append(key)
    for scope_id, keys in sorted(by_scope.items()):
        outdated = rows.filter(**{f"{column}__in": keys}).exclude(scope_id=scope_id)
        outdated.update(scope_id=scope_id)


def lock_matters(matter_ids: Sequence[int]) -> dict[int, Matter]:
    """Lock matters in key order (their case files first)."""
    locked = Matter.objects.select_for_update(of=("self",)).filter(pk__in=set(matter_ids))
    return {m.pk: m for m in locked.order_by("id")}
