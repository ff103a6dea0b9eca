"""``manage.py drop_audit_month 2020-01 --reason …``: the end of an audit month's retention."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from goettingen_ecm.audit.retention import Month, drop_month
from goettingen_ecm.operations.refusals import Refusal


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(_("kein Monat (JJJJ-MM): {text}").format(text=text)) from error


class Command(BaseCommand):
    help = "Sondert einen abgelaufenen Monat des Protokolls hinter einem signierten Anker aus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=_month, metavar="JJJJ-MM")
        parser.add_argument("--reason", required=True, help="Rechtsgrund, steht im Anker")

    def handle(self, *args: Any, **options: Any) -> None:
        month: Month = options["month"]
        try:
            count = drop_month(month, options["reason"])
        except (Refusal, ImproperlyConfigured) as problem:
            raise CommandError(str(problem)) from problem
        text = _("{count} Einträge des Monats {month} ausgesondert.")
        self.stdout.write(text.format(count=count, month=month))
