"""The words people read are the glossary's."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<german>[^|]+) \| `(?P<name>[\w.]+)` \|$", re.MULTILINE)
ROWS = [(m["german"].strip(), m["name"]) for m in ROW.finditer(GLOSSARY.read_text("utf-8"))]


def test_the_glossary_is_read() -> None:
    assert len(ROWS) > 25


@pytest.mark.parametrize(("german", "name"), ROWS)
def test_verbose_name_is_the_glossary_term(german: str, name: str) -> None:
    app, model, *field = name.split(".")
    options = apps.get_model(app, model)._meta
    found = options.get_field(field[0]).verbose_name if field else options.verbose_name
    assert str(found) == german
