"""Follow-ups: the list, a new one on any object, done, postpone, undo."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import InvalidInput, LostUpdate
from workflows import selectors
from workflows.forms import FollowUpForm, PostponeForm
from workflows.models import FollowUp
from workflows.querysets import in_the_list_of
from workflows.services import follow_ups as services
from workflows.targets import sources
from workflows.views import tables

MOST = 500
"""So many follow-ups one click can take; a page shows 50."""


@require_GET
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Everything the person is to look at again."""
    part = request.GET.get("teil", "")
    part = part if part in tables.PARTS else selectors.OPEN
    mine = in_the_list_of(request.user)
    page = selectors.follow_ups_page(mine, request.user, part, after=Cursor.of(request))
    context = {
        "table": tables.follow_ups_table(request, page.rows, page.next_cursor, part),
        "chips": tables.chips(selectors.counts(mine), part),
        "bulk_actions": [] if part == selectors.DONE else tables.bulk_actions(),
        "back": request.get_full_path(),
    }
    return render(request, "workflows/follow_up_list.html", context)


@require_http_methods(["GET", "POST"])
def follow_up_new(request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
    """A follow-up on an object the person sees."""
    if kind not in sources.names():
        raise Http404
    user = person_of(request)
    target = sources.get(kind).find(user, uuid)
    form = FollowUpForm(request.POST or None, user=user)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (made := _created(form, target, user)) is not None:
            _say_created(request, made)
            return redirect(target.url)
        status = 422
    context = {"target": target, "form": form}
    return render(request, "workflows/follow_up_new.html", context, status=status)


def _created(form: FollowUpForm, target: Any, user: User) -> FollowUp | None:
    """The new follow-up; None when the day is not taken, with the reason at its field."""
    try:
        made = services.create_follow_ups(
            [form.wish(target)], actor=user, operation=_operation("follow_up.create", user)
        )
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return None
    return made[0]


def _say_created(request: HttpRequest, made: FollowUp) -> None:
    day = german.long_day(made.due_on)
    text = _("Wiedervorlage am %(day)s.") % {"day": day}
    if made.due_on != made.wished_on:
        text = _("Wiedervorlage am %(day)s: der %(wished)s ist kein Arbeitstag.") % {
            "day": day,
            "wished": german.short_date(made.wished_on),
        }
    add_notice(request, text, link_url=reverse("follow-ups"), link_label=_("Alle Wiedervorlagen"))


@require_POST
def follow_ups_act(request: HttpRequest) -> HttpResponse:
    """Done or postponed, for one row (``einzeln``) or the ticked ones (``auswahl``)."""
    words = request.POST.getlist("einzeln") or request.POST.getlist("auswahl")
    if not words:
        add_notice(request, _("Keine Zeile ausgewählt."), level=messages.INFO)
        return redirect(_back(request))
    items = _chosen(request, words)
    if request.POST.get("tun") == "verschieben":
        query = [("auswahl", str(one.uuid)) for one in items]
        address = f"{reverse('follow-ups-postpone')}?{urlencode(query)}"
        return redirect(f"{address}&{urlencode({'zurueck': _back(request)})}")
    user = person_of(request)
    operation = _operation("follow_up.complete", user)
    end_series = request.POST.get("tun") == "beenden"
    done = services.complete_follow_ups(
        items, actor=user, operation=operation, end_series=end_series
    )
    _say_done(request, done, operation)
    return redirect(_back(request))


def _say_done(request: HttpRequest, result: services.Completed, operation: Operation) -> None:
    if not result.done:
        add_notice(request, _("Das war schon erledigt."))
        return
    count = len(result.done)
    text = ngettext("Erledigt.", "%(n)s Wiedervorlagen erledigt.", count) % {"n": count}
    if len(result.following) == 1:
        day = german.long_day(result.following[0].due_on)
        text += " " + _("Die nächste kommt am %(day)s.") % {"day": day}
    add_notice(request, text, undo_url=reverse("follow-ups-reopen", args=[operation.uuid]))


@require_http_methods(["GET", "POST"])
def follow_ups_postpone(request: HttpRequest) -> HttpResponse:
    """Another day for one or several follow-ups."""
    asked = request.POST if request.method == "POST" else request.GET
    items = _chosen(request, asked.getlist("auswahl"))
    form = PostponeForm(request.POST or None, initial={"versions": _versions(items)})
    status = 200
    if request.method == "POST":
        status = _postpone(request, form, items)
        if status == 302:
            return redirect(_back(request))
    context = {
        "form": form,
        "rows": selectors.listed(request.user, items),
        "back": _back(request),
        "versions": _versions(items),
        "changed_meanwhile": status == 409,
    }
    return render(request, "workflows/follow_ups_postpone.html", context, status=status)


def _postpone(request: HttpRequest, form: PostponeForm, items: Sequence[FollowUp]) -> int:
    """302 when done; otherwise the status of the form that is shown again."""
    if not form.is_valid():
        return 422
    user = person_of(request)
    try:
        moved = services.postpone_follow_ups(
            items,
            form.cleaned_data["wished_on"],
            actor=user,
            operation=_operation("follow_up.postpone", user),
            versions=form.shown_versions(),
        )
    except InvalidInput as refusal:
        form.add_error("wished_on", refusal.reason)
        return 422
    except LostUpdate:
        # The typed day stays; the next click means the state that is shown now.
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["versions"] = _versions(items)  # type: ignore[index]
        return 409
    add_notice(request, _("Verschoben auf %(day)s.") % {"day": german.long_day(moved[0].due_on)})
    return 302


@require_POST
def follow_ups_reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """ "Rückgängig" of what one click completed."""
    user = person_of(request)
    done_by = get_object_or_404(Operation, uuid=uuid, actor_id=user.pk)
    rows = services.reopen_follow_ups(
        done_by, actor=user, operation=_operation("follow_up.reopen", user)
    )
    if rows:
        add_notice(request, _("Wieder offen."))
    return redirect("follow-ups")


def _operation(verb: str, user: User) -> Operation:
    return begin(verb, Acting(actor_id=user.pk))


def _chosen(request: HttpRequest, words: Sequence[str]) -> list[FollowUp]:
    """Raises Http404 when one is missing or its target invisible."""
    try:
        uuids = {UUID(word) for word in words[:MOST]}
    except ValueError as error:
        raise Http404 from error
    items = selectors.chosen(request.user, uuids)
    if len(items) != len(uuids) or not items:
        raise Http404
    return items


def _versions(items: Sequence[FollowUp]) -> str:
    return " ".join(f"{one.pk}:{one.row_version}" for one in items)


def _back(request: HttpRequest) -> str:
    """The page of this desk the click came from, else the list."""
    target = request.POST.get("zurueck") or request.GET.get("zurueck", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return reverse("follow-ups")
