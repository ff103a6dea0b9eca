"""Mailboxes: when each was fetched last, what became of its messages, fetching now."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.tasks import nudge
from integrations.choices import MailOutcome
from integrations.mail import selectors
from integrations.models import Mailbox, MailboxMessage
from integrations.views.access import operators_only

TONES = {MailOutcome.RECEIVED: "success", MailOutcome.KNOWN: "info", MailOutcome.HELD: "warning"}
NUDGE_SECONDS = 30.0


@require_GET
@operators_only
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """All mailboxes with their sums."""
    boxes = selectors.mailboxes()
    sums = selectors.mail_sums(boxes)
    table = Table(
        caption=_("Postfächer"),
        columns=[
            Column(_("Postfach"), lambda b: cells.two_lines(b.name, f"{b.user_name}, {b.host}")),
            Column(_("Eingangskorb"), _basket),
            Column(_("Zuletzt abgeholt"), lambda b: cells.moment(b.checked_at), tight=True),
            Column(_("Stand"), _state),
            Column(_("In 30 Tagen"), lambda b: sums[b.pk].text),
        ],
        rows=boxes,
        empty=Empty(
            _("Noch kein Postfach."),
            _("Postfächer richtet die Fachadministration in der Verwaltung ein."),
            icon="inbox",
        ),
        query=request.GET,
        row_url=_url,
        row_key=lambda b: b.uuid,
    )
    return render(request, "integrations/mailbox_list.html", {"table": table})


def _url(box: Mailbox) -> str:
    return reverse("mailbox", args=[box.uuid])


def _basket(box: Mailbox) -> str:
    return str(box.unit) if box.unit else _("Poststelle")


def _state(box: Mailbox) -> SafeString:
    if not box.is_active:
        return cells.badge(_("ruht"))
    if box.problem:
        return cells.badge(_("Fehler"), "danger")
    return cells.badge(_("in Ordnung"), "success") if box.checked_at else cells.badge(_("neu"))


@require_GET
@operators_only
def mailbox_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One mailbox: what is wrong, the sum, every message."""
    box = selectors.mailbox(uuid)
    chosen = request.GET.get("ergebnis", "")
    page = selectors.messages_page(box, chosen, request.GET.get("nach", ""))
    table = Table(
        caption=_("Nachrichten"),
        columns=[
            Column(_("Abgeholt"), lambda m: cells.moment(m.handled_at), tight=True),
            Column(_("Message-ID"), lambda m: m.message_id or "–"),
            Column(_("Ergebnis"), _outcome, tight=True),
            Column(_("Hinweis"), lambda m: m.explanation),
        ],
        rows=page.rows,
        empty=Empty(
            _("Hier ist noch nichts."),
            _("Sobald Nachrichten abgeholt sind, steht hier, was aus jeder geworden ist."),
            icon="inbox",
        ),
        query=request.GET,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    context = {
        "box": box,
        "basket": _basket(box),
        "table": table,
        "chips": _chips(chosen),
        "sum": selectors.mail_sums([box])[box.pk],
    }
    return render(request, "integrations/mailbox_detail.html", context)


def _outcome(message: MailboxMessage) -> SafeString:
    return cells.badge(message.get_outcome_display(), TONES[MailOutcome(message.outcome)])


def _chips(chosen: str) -> list[dict[str, object]]:
    every = {"label": _("alle"), "url": "?", "current": chosen not in MailOutcome.values}
    return [
        every,
        *(
            {"label": label, "url": f"?ergebnis={value}", "current": value == chosen}
            for value, label in MailOutcome.choices
        ),
    ]


@require_POST
@operators_only
def mailbox_fetch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a worker to look into the mailboxes now."""
    box = selectors.mailbox(uuid)
    nudge("integrations.tasks.fetch_mailboxes", expires=NUDGE_SECONDS)
    add_notice(request, _("Das Postfach wird gleich abgeholt; laden Sie die Seite dann neu."))
    return redirect(_url(box))
