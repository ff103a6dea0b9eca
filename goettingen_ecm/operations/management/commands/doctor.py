"""``manage.py doctor``: what is available, what is off, why, and what a person misses."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from goettingen_ecm.operations.capabilities import Capability, Finding, capabilities


class Command(BaseCommand):
    """Exit status 1 when something required is missing."""

    help = "Zeigt, was verfügbar ist, was aus ist und warum."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="maschinenlesbar")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = {name: (entry := capabilities.get(name), entry.check()) for name in names()}
        if options["json"]:
            self.stdout.write(json.dumps(as_values(found), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(line for pair in found.values() for line in lines(*pair)))
        if any(one.required and not result.available for one, result in found.values()):
            raise SystemExit(1)


def names() -> list[str]:
    """All registered capabilities in their order."""
    return capabilities.names()


def lines(capability: Capability, finding: Finding) -> list[str]:
    """One line when available; when not, a second one with what is off."""
    if finding.available:
        return [f"  ok    {capability.title}: {finding.detail or _('ja')}"]
    mark = "FEHLT" if capability.required else "aus  "
    consequence = _("ohne: %(off)s") % {"off": capability.off}
    return [f"  {mark} {capability.title}: {finding.detail}", f"        {consequence}"]


def as_values(found: dict[str, tuple[Capability, Finding]]) -> dict[str, dict[str, object]]:
    """For monitoring."""
    return {
        name: {
            "available": result.available,
            "detail": result.detail,
            "required": one.required,
            "off": str(one.off),
        }
        for name, (one, result) in found.items()
    }
