"""Single components: icons, notices, progress, trees, plots, cards, and the rules for all templates."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.template import TemplateSyntaxError
from django.test import RequestFactory

from goettingen_ecm.desk.icons import ICONS, icon
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.plots import BarPlot
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.trees import Node
from tests.desk.markup import inline_code, render, text_of

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))


def request_with_messages() -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_the_list_of_icons_is_the_sprites() -> None:
    sprite = (Path(settings.BASE_DIR) / "static" / "icons" / "desk.svg").read_text()
    assert set(re.findall(r'<symbol id="([a-z-]+)"', sprite)) == ICONS


def test_icons_are_decoration_unless_named() -> None:
    assert 'aria-hidden="true"' in icon("lock")
    assert 'aria-label="vertraulich &lt;x&gt;"' in icon("lock", "vertraulich <x>")
    with pytest.raises(KeyError):
        icon("einhorn")


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_names_its_variables_first(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("{#")
    assert first.endswith("#}")


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_is_documented(path: Path) -> None:
    documented = (Path(settings.BASE_DIR) / "docs" / "components.md").read_text()
    assert f"`{path.stem}`" in documented


def test_no_template_carries_inline_code() -> None:
    offence = re.compile(
        r'\sstyle="|\son[a-z]+="|hx-on|hx-vars|javascript:|<style|<script(?![^>]*src=)'
    )
    found = [
        f"{path.relative_to(TEMPLATES)}: {match.group(0)}"
        for path in TEMPLATES.rglob("*.html")
        for match in offence.finditer(path.read_text())
    ]
    assert found == []


def test_a_notice_carries_its_way_back_and_its_link() -> None:
    request = request_with_messages()
    add_notice(
        request,
        "Abgelegt & <fertig>.",
        undo_url="/rueckgaengig/?a=1&b=ä",
        link_url="/akte/7/",
        link_label="Zur Akte",
    )
    frame = type("Frame", (), {"undo_seconds": 10})()
    root = render('{% include "components/notices.html" %}', request=request, frame=frame)
    form = root.xpath("//form")[0]
    assert form.get("method") == "post"
    assert form.get("action") == "/rueckgaengig/?a=1&b=ä"
    assert form.get("data-undo") == "10"
    assert root.xpath("string(//a/@href)") == "/akte/7/"
    assert "Abgelegt & <fertig>. Zur Akte" in text_of(root)


def test_a_plain_notice_has_no_form() -> None:
    request = request_with_messages()
    add_notice(request, "Gespeichert.")
    root = render('{% include "components/notices.html" %}', request=request)
    assert not root.xpath("//form")
    assert root.xpath('//*[@data-notice="success"]')


def test_running_work_polls_and_can_be_aborted() -> None:
    source = '{% progress progress "Lieferung" poll_url="/stand/" abort_url="/abbruch/" %}'
    root = render(source, progress=Progress(1240, 5200))
    box = root.xpath('//*[@hx-get="/stand/"]')[0]
    assert box.get("hx-trigger") == "every 2s"
    bar = root.xpath("//progress")[0]
    assert (bar.get("value"), bar.get("max"), bar.get("aria-label")) == (
        "1240",
        "5200",
        "Lieferung",
    )
    assert root.xpath('//form[@action="/abbruch/"]//button')


@pytest.mark.parametrize("state", ["done", "failed", "aborted"])
def test_ended_work_neither_polls_nor_aborts(state: str) -> None:
    source = (
        '{% progress progress "Lieferung" poll_url="/stand/" abort_url="/abbruch/" state=state %}'
    )
    root = render(source, progress=Progress(9, 9), state=state)
    assert not root.xpath("//*[@hx-get]")
    assert not root.xpath("//form")


def test_a_tree_is_links_with_disclosures() -> None:
    nodes = [
        Node(
            "Soziales",
            "/p/50/",
            "50",
            expanded=True,
            children=[Node("Hilfen", "/p/502/", current=True)],
        ),
        Node("Bauordnung", "/p/63/", "63", branch_url="/p/63/zweig/"),
    ]
    root = render('{% tree nodes "Aktenplan" %}', nodes=nodes)
    assert root.xpath("string(//nav/@aria-label)") == "Aktenplan"
    assert root.xpath("//details[@open]//a[@aria-current='page']/@href") == ["/p/502/"]
    closed = root.xpath('//a[@hx-get="/p/63/zweig/"]')[0]
    assert closed.get("href") == "/p/63/zweig/"
    assert closed.get("aria-label") == "Unterpunkte von Bauordnung"
    assert not root.xpath("//summary//a")


def test_a_plot_shows_the_same_numbers_as_its_table() -> None:
    plot = BarPlot("Akten", "Amt", "Anzahl", [("Soziales", 12840), ("Bau", 6420), ("leer", 0)])
    assert [bar.width for bar in plot.bars] == ["100.00%", "50.00%", "0.00%"]
    root = render("{% plot_bar plot %}", plot=plot)
    assert [text_of(cell) for cell in root.xpath("//td")] == ["12.840", "6.420", "0"]
    assert root.xpath("string(//svg/@aria-label)") == "Akten"


def test_a_plot_of_nothing_is_empty_and_does_not_fail() -> None:
    assert BarPlot("Akten", "Amt", "Anzahl", []).bars == []
    assert BarPlot("Akten", "Amt", "Anzahl", [("a", 0)]).bars[0].width == "0.00%"


def test_blocks_wrap_their_content() -> None:
    root = render('{% card title="Eingang" link_url="/e/" %}<p>17</p>{% endcard %}')
    assert root.xpath("//section//p/text()") == ["17"]
    assert text_of(root.xpath("//section//a")[0]) == "Alle anzeigen"
    alert = render('{% alert tone="warning" %}<p>Achtung</p>{% endalert %}')
    assert alert.xpath('//*[contains(@class, "desk-tone-warning")]//p/text()') == ["Achtung"]
    panel = render('{% panel "Mehr" open=True %}x{% endpanel %}')
    assert panel.xpath("//details[@open]/summary")


def test_an_alert_of_unknown_tone_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        render('{% alert tone="pink" %}x{% endalert %}')


def test_an_empty_fact_shows_a_place_for_it() -> None:
    root = render('{% include "components/key_value.html" %}', pairs=[("Papierakte", None)])
    assert root.xpath("//dd")[0].text in (None, "")
    assert list(inline_code(root)) == []
