"""Text fields for one of very many: bounded suggestions, and clear words where nothing fits."""

from datetime import date, timedelta

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from records.choice_fields import EntryField, UnitField
from records.models import FilePlan, FilePlanEntry
from tests.access import world as w
from tests.desk.markup import page

pytestmark = pytest.mark.usefixtures("quick_city")


class Form(forms.Form):
    entry = EntryField(label="Eintrag")
    unit = UnitField(label="Einheit", required=False)


def asked(**data: str) -> Form:
    return Form({"entry": "50.20", **data})


def options(client: Client, name: str, typed: str) -> list[str]:
    answer = client.get(reverse(name), {"any": typed}, headers={"HX-Request": "true"})
    shown = page(b"<ul>" + answer.content + b"</ul>")
    return [str(one) for one in shown.xpath("//li[@role='option']/@data-value")]


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("entry-typing-help", "50.20", ["50.20"]),
        ("entry-typing-help", "Baugenehm", ["63.10"]),
        ("entry-typing-help", "5", []),
        ("entry-typing-help", "  ", []),
        ("unit-typing-help", "50.2", ["50.2"]),
        ("unit-typing-help", "wohngeld", ["50.2"]),
        ("unit-typing-help", "Xyzzy", []),
    ],
)
def test_q1_suggestions(clerk: Client, name: str, typed: str, found: list[str]) -> None:
    assert options(clerk, name, typed) == found


def test_a7_there_are_never_more_than_ten(clerk: Client) -> None:
    above, plan = w.entry("63"), FilePlan.objects.get(code="AP2026")
    for n in range(30):
        FilePlanEntry.objects.create(plan=plan, parent=above, code=f"63.9{n:02d}", title="Bau")
        OrgUnit.objects.create(code=f"X.{n:02d}", name="Prüfung")
    assert len(options(clerk, "entry-typing-help", "63.9")) == 10
    assert len(options(clerk, "unit-typing-help", "X.")) == 10


def test_what_is_typed_becomes_the_entry_and_the_unit() -> None:
    form = asked(unit="50.2")
    assert form.is_valid()
    assert form.cleaned_data["entry"] == w.entry("50.20")
    assert form.cleaned_data["unit"] == OrgUnit.objects.get(code="50.2")
    # "50" is the beginning of others as well: the exact one is meant.
    assert asked(unit="50").is_valid()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"entry": "gibt es nicht"}, "Kein Aktenplaneintrag, der Akten aufnimmt"),
        ({"entry": "63"}, "Mehrere Einträge passen: 63.10"),
        ({"unit": "Xyzzy"}, "Keine Einheit, die heute besteht"),
    ],
)
def test_what_does_not_fit_is_said_with_the_next_step(data: dict[str, str], says: str) -> None:
    text = asked(**data).errors.as_text()
    assert says in text
    assert "Geben Sie" in text


def test_closed_ones_are_no_choice() -> None:
    FilePlanEntry.objects.filter(code="50.20").update(locked=True)
    yesterday = clock.today() - timedelta(days=1)
    OrgUnit.objects.filter(code="50.2").update(valid_until=yesterday, valid_from=date(2000, 1, 1))
    assert set(asked(unit="50.2").errors) == {"entry", "unit"}


def test_without_script_it_is_a_text_field() -> None:
    html = str(asked(entry="63")["entry"])
    [field] = page(f"<div>{html}</div>".encode()).xpath("//input")
    assert (field.get("type"), field.get("value")) == ("text", "63")
    assert field.get("hx-get") == reverse("entry-typing-help")
