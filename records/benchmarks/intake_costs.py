"""The intake benchmark: mails taken apart, kept and stamped, one after the other as they come."""

import time
from collections.abc import Callable
from email.message import EmailMessage
from itertools import product

import typst

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations.operation import Acting, begin
from records import blob_store
from records.benchmarks.city.words import HEADS, MODIFIERS
from records.choices import IncomingChannel
from records.models import IncomingFile, IncomingItem
from records.services import intake
from records.services.actor import Actor

BODY_WORDS = 300
PAPER = '#set text(lang: "de")\n#lorem(500)\n#pagebreak()\n#lorem(300)'
Build = Callable[[int], bytes]


def measure(mails: int, *, with_outlook: bool) -> tuple[dict[str, float], dict[str, int]]:
    """Mails a second, of both kinds; every one has a PDF of its own attached."""
    unit = OrgUnit.objects.create(code="1", name="Messstelle")
    words = [f"{first}{last.lower()}" for first, last in product(MODIFIERS, HEADS)]
    paper = _paper()
    kinds: dict[str, tuple[str, Build]] = {
        "mails": (".eml", lambda number: _mail(number, words, paper))
    }
    if with_outlook:
        kinds["msg"] = (".msg", lambda number: _outlook(number, words, paper))
    figures = {}
    for name, (extension, build) in kinds.items():
        ready = [build(number) for number in range(mails)]
        start = time.perf_counter()
        for data in ready:
            _receive(unit, f"Nachricht{extension}", data)
        figures[f"{name}_per_second"] = mails / (time.perf_counter() - start)
    parts = {"items": IncomingItem.objects.count(), "files": IncomingFile.objects.count()}
    return figures, parts


def _paper() -> bytes:
    made = typst.compile(PAPER.encode())
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def _receive(unit: OrgUnit, name: str, data: bytes) -> None:
    staged = blob_store.stage_chunks([data])
    try:
        with intake.opened([name], [staged]) as [parts]:
            delivery = intake.delivery_of(unit, IncomingChannel.MAIL, parts)
            intake.receive([delivery], Actor(begin("bench.intake", Acting(system="bench"))))
    finally:
        blob_store.discard([staged])


def _text(number: int, words: list[str]) -> str:
    return " ".join(words[(number * 37 + n * 11) % len(words)] for n in range(BODY_WORDS))


def _own(paper: bytes, number: int) -> bytes:
    """Distinct bytes, as every letter has; what follows a PDF's end is a comment."""
    return paper + b"\n%% %d" % number


def _mail(number: int, words: list[str], paper: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = f"Absender {number} <absender{number}@example.org>"
    message["To"] = "post@musterstadt.example"
    message["Subject"] = f"Nachricht {number}"
    message["Message-ID"] = f"<{number}@bench.example>"
    message.set_content(_text(number, words))
    message.add_attachment(
        _own(paper, number), maintype="application", subtype="pdf", filename="Anlage.pdf"
    )
    return message.as_bytes()


def _outlook(number: int, words: list[str], paper: bytes) -> bytes:
    from msgforge import Message  # only who measures needs it

    message = Message(
        subject=f"Nachricht {number}",
        text_body=_text(number, words),
        to=[("post@musterstadt.example", "Post")],
        sender=(f"absender{number}@example.org", f"Absender {number}"),
        sent=True,
    )
    message.attach_bytes("Anlage.pdf", _own(paper, -number - 1), "application/pdf")
    made: bytes = message.as_bytes()
    return made
