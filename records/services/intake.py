"""Receiving: what comes in is kept as delivered, looked at in the sandbox, and lies in a basket.

Broken, encrypted, empty and dangerous files are kept and marked; only what is too large for the
house is refused, and said so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden
from records import blob_store
from records.blob_store import Staged
from records.choices import ComponentKind, IncomingChannel, IncomingStepKind
from records.content.mail_results import MailHead
from records.content.results import Inspection, InspectRequest
from records.content.sniffing import upload_refusal
from records.models import Blob, IncomingFile, IncomingItem, IncomingStep
from records.selectors.incoming import works_in_basket
from records.services import blobs, texts, uploads, writing
from records.services.actor import Actor, person
from records.services.auditing import record_changes
from records.services.mail_parts import Apart, taken_apart
from records.services.page_codes import codes_on_first_page
from records.services.sandbox import sandbox
from records.services.uploads import UploadedFile
from records.typed_text import clean_line

INSPECTION_SECONDS = 60.0
FIRST_PAGE_CHARS = 8000


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a delivery: its bytes beside the store and what the sandbox found.

    Of a mail, ``head`` is what stands above it, ``note`` what could not be taken out of it;
    ``codes`` is what QR codes and barcodes on page 1 say.
    """

    kind: ComponentKind
    name: str
    staged: Staged
    found: Inspection
    head: MailHead | None = None
    note: str = ""
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in at once and belongs together; ``unit`` None is the central basket.

    ``channel_key`` is the channel's own id; ``digest`` as in ``IncomingItem``; ``refers_to`` the
    ids of the messages a mail answers.
    """

    unit: OrgUnit | None
    channel: IncomingChannel
    subject: str
    parts: Sequence[Part]
    digest: bytes
    sender: str = ""
    channel_key: str = ""
    refers_to: Sequence[str] = ()

    @property
    def key(self) -> tuple[int | None, str, str, bytes]:
        """The same delivery twice has the same key."""
        unit_id = self.unit.pk if self.unit else None
        return unit_id, str(self.channel), self.channel_key, self.digest


@dataclass(frozen=True, slots=True)
class Received:
    """The Eingang; ``is_repeated``: it lay there already and nothing was added."""

    item: IncomingItem
    is_repeated: bool


def receive_uploads(
    user: User,
    unit: OrgUnit | None,
    files: Sequence[UploadedFile],
    *,
    sender: str = "",
    together: bool = False,
) -> list[Received]:
    """Put files a person brings into a basket: one Eingang each, or ``together`` one for all.

    Raises Forbidden (not the person's basket), InvalidInput (too large), IllegalState (store full).
    """
    require_basket(user, unit)
    with looked_at([(Path(one.name or "datei").name, one) for one in files]) as found:
        groups = [[p for parts in found for p in parts]] if together else found
        way = IncomingChannel.UPLOAD
        wanted = [delivery_of(unit, way, group, sender) for group in groups if group]
        return receive(wanted, person(user, "records.incoming.upload"))


def require_basket(user: User, unit: OrgUnit | None) -> None:
    """Raises Forbidden when the basket is not one of the person's."""
    if not works_in_basket(user, unit):
        raise Forbidden(
            _("In diesem Eingangskorb arbeiten Sie nicht."),
            next_step=_("Wählen Sie den Korb Ihrer Einheit."),
        )


@contextmanager
def looked_at(files: Sequence[tuple[str, UploadedFile]]) -> Iterator[list[list[Part]]]:
    """Each file beside the store and what the sandbox found, a mail with its attachments behind it;
    gone at the end unless stored.
    """
    staged: list[Staged] = []
    try:
        for _name, file in files:
            staged.append(uploads.stage(file))
        with opened([name for name, _file in files], staged) as parts:
            yield parts
    finally:
        blob_store.discard(staged)


@contextmanager
def opened(names: Sequence[str], staged: Sequence[Staged]) -> Iterator[list[list[Part]]]:
    """Staged files with what they hold: a mail is one delivery together with its attachments."""
    parts = _inspected(names, staged)
    with taken_apart([(one.staged, one.found) for one in parts]) as apart:
        yield [_with_inside(part, inside) for part, inside in zip(parts, apart, strict=True)]


def _with_inside(part: Part, inside: Apart | None) -> list[Part]:
    if inside is None:
        return [part]
    kind = ComponentKind.ATTACHMENT
    attached = [Part(kind, one.name, one.staged, one.found) for one in inside.attached]
    return [replace(part, head=inside.head, note=inside.note), *attached]


def _inspected(names: Sequence[str], staged: Sequence[Staged]) -> list[Part]:
    requests = [
        InspectRequest(one.path, declared_name=name)
        for name, one in zip(names, staged, strict=True)
    ]
    found = sandbox().inspect_batch(requests, deadline_seconds=INSPECTION_SECONDS)
    return [
        Part(ComponentKind.MAIN, name, one, seen, codes=codes_on_first_page(one.path, seen))
        for name, one, seen in zip(names, staged, found, strict=True)
    ]


def delivery_of(
    unit: OrgUnit | None, channel: IncomingChannel, parts: Sequence[Part], sender: str = ""
) -> Delivery:
    """One delivery of looked-at files, at least one.

    What was delivered are the main parts; attachments of mails follow from them.
    """
    first, *more = parts
    delivered = [one.staged for one in parts if one.kind == ComponentKind.MAIN]
    head = first.head or MailHead()
    return Delivery(
        unit=unit,
        channel=channel,
        subject=head.subject or Path(first.name).stem,
        parts=[first, *(replace(one, kind=ComponentKind.ATTACHMENT) for one in more)],
        digest=digest_of(delivered),
        sender=sender or head.sender,
        channel_key=head.message_id,
        refers_to=head.refers_to,
    )


def digest_of(staged: Sequence[Staged]) -> bytes:
    """Of one file its SHA-256; of several that of their sorted hashes one behind the other."""
    hashes = sorted(one.sha256 for one in staged)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(hashes)).digest()


def receive(deliveries: Sequence[Delivery], actor: Actor) -> list[Received]:
    """Stamp and keep deliveries; one that came before (same basket, way, id, bytes) is named.

    Raises Forbidden when a person brings something into a basket that is not theirs.
    """
    if actor.user is not None:
        for one in deliveries:
            require_basket(actor.user, one.unit)
    with transaction.atomic():
        # The blobs' rows stay locked: the same bytes at the same moment wait here.
        stored = blobs.store_staged([part.staged for one in deliveries for part in one.parts])
        _remember_found(deliveries, stored)
        known = _known(deliveries)
        new = {one.key: one for one in deliveries if one.key not in known}
        items = writing.create([_draft(one) for one in new.values()], actor)
        made = dict(zip(new, items, strict=True))
        _keep_files(new, made, stored)
        remember_steps(items, IncomingStepKind.RECEIVED, actor)
        record_changes("records.incoming.received", items, actor)
    return _answers(deliveries, known, made)


def _answers(
    deliveries: Sequence[Delivery],
    known: Mapping[tuple[int | None, str, str, bytes], IncomingItem],
    made: Mapping[tuple[int | None, str, str, bytes], IncomingItem],
) -> list[Received]:
    """In the order of the deliveries; the second of two equal ones in a batch is a repetition."""
    seen = dict(known)
    answers = []
    for one in deliveries:
        answers.append(Received(seen.get(one.key) or made[one.key], one.key in seen))
        seen.setdefault(one.key, answers[-1].item)
    return answers


def _remember_found(deliveries: Sequence[Delivery], stored: Mapping[bytes, Blob]) -> None:
    parts = {part.staged.sha256: part for one in deliveries for part in one.parts}
    reached = [p for p in parts.values() if p.found.reached]
    texts.remember([(stored[p.staged.sha256], p.found) for p in reached])


def _known(
    deliveries: Sequence[Delivery],
) -> dict[tuple[int | None, str, str, bytes], IncomingItem]:
    rows = IncomingItem.objects.filter(digest__in={one.digest for one in deliveries})
    wanted = {one.key for one in deliveries}
    keyed = {(r.received_in_id, r.channel, r.channel_key, bytes(r.digest)): r for r in rows}
    return {key: row for key, row in keyed.items() if key in wanted}


def _draft(one: Delivery) -> IncomingItem:
    pages = [code for part in one.parts for code in part.codes]
    pages += [part.found.text.split(texts.PAGE_BREAK, 1)[0] for part in one.parts]
    return IncomingItem(
        received_at=clock.now(),
        channel=one.channel,
        channel_key=one.channel_key[:300],
        digest=one.digest,
        received_in=one.unit,
        unit=one.unit,
        refers_to=[key[:300] for key in one.refers_to],
        sender=clean_line(one.sender)[:300],
        subject=clean_line(one.subject)[:500] or one.parts[0].name[:500],
        first_page="\n".join(filter(None, pages))[:FIRST_PAGE_CHARS],
    )


def _keep_files(
    new: Mapping[tuple[int | None, str, str, bytes], Delivery],
    made: Mapping[tuple[int | None, str, str, bytes], IncomingItem],
    stored: Mapping[bytes, Blob],
) -> None:
    IncomingFile.objects.bulk_create(
        IncomingFile(
            item=made[key],
            position=position,
            kind=part.kind,
            blob=stored[part.staged.sha256],
            file_name=part.name[-255:],
            refusal=_warning(part)[:300],
        )
        for key, one in new.items()
        for position, part in enumerate(one.parts)
    )


def _warning(part: Part) -> str:
    """What speaks against opening the file, or what stayed inside it."""
    refused = upload_refusal(part.found.sniffed) if part.found.size else ""
    return refused or part.note


def remember_steps(
    items: Sequence[IncomingItem],
    kind: IncomingStepKind,
    actor: Actor,
    *,
    sources: Mapping[int, int | None] | None = None,
    reason: str = "",
) -> None:
    """What happened, beside the audit: people see it at the Eingang. ``sources``: basket by id."""
    now = clock.now()
    IncomingStep.objects.bulk_create(
        IncomingStep(
            item=one,
            kind=kind,
            source_id=(sources or {}).get(one.pk, one.unit_id),
            target_id=one.unit_id,
            reason=reason[:300],
            person=actor.user,
            happened_at=now,
            operation_id=actor.operation.pk,
        )
        for one in items
    )
