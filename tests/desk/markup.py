"""Reading rendered pages in tests: elements by tag with their attributes and text."""

from collections.abc import Iterator

from django.template import Context, Template
from lxml import html


def render(source: str, **context: object) -> html.HtmlElement:
    """The template text rendered as a parsed fragment."""
    text = Template("{% load desk i18n %}" + source).render(Context(context))
    return html.fragment_fromstring(text, create_parent="body")


def page(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content.decode())


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def all_ids(element: html.HtmlElement) -> list[str]:
    return [str(one) for one in element.xpath("//@id")]


def inline_code(element: html.HtmlElement) -> Iterator[str]:
    """What a strict Content-Security-Policy would refuse: inline scripts, styles, handlers."""
    for one in element.iter():
        if not isinstance(one.tag, str):
            continue
        if one.tag == "style" or (one.tag == "script" and not one.get("src")):
            yield one.tag
        yield from (
            name
            for name in one.attrib
            if name == "style" or name.startswith(("on", "hx-on")) or name == "hx-vars"
        )
