"""Panels of the file page that other apps register (deliveries, complaints, workflows)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from goettingen_ecm.operations.registry import Registry
from records.models import CaseFile


@dataclass(frozen=True, slots=True)
class FilePanel:
    """A foldable section below the documents: title, template and its context.

    ``open``: it is read so often that it begins unfolded.
    """

    title: str
    template: str
    context: dict[str, object]
    open: bool = False


PanelSource = Callable[[HttpRequest, CaseFile], FilePanel | None]

file_panels: Registry[PanelSource] = Registry()
