"""Help, news and feedback: a page finds its section of the handbook by its URL name."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import handbook
from goettingen_ecm.desk.models import Feedback, NewsRead
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden
from goettingen_ecm.operations.registry import Card

NEWS = "neu"
PAGE = 50
SESSION_KEY = "news"
UNREAD = "-"


@require_GET
def help_page(request: HttpRequest, name: str = "sachbearbeitung") -> HttpResponse:
    """A handbook."""
    if name not in handbook.BOOKS:
        raise Http404
    books = [(one, handbook.book(one).title) for one in handbook.BOOKS]
    context = {"book": handbook.book(name), "name": name, "books": books}
    return render(request, "desk/help.html", context)


def news_card(request: HttpRequest) -> Card | None:
    """The newest news until the person has read it."""
    newest = handbook.book(NEWS).sections[0]
    if _has_read(request, newest.title):
        return None
    return Card("desk/start_news.html", {"newest": newest})


def _has_read(request: HttpRequest, heading: str) -> bool:
    """The session remembers the answer, so that the start page asks once a session."""
    known = request.session.get(SESSION_KEY, "")
    if known.removeprefix(UNREAD) != heading:
        read = NewsRead.objects.filter(user=person_of(request), heading=heading).exists()
        known = heading if read else UNREAD + heading
        request.session[SESSION_KEY] = known
    return bool(known == heading)


@require_POST
def news_read(request: HttpRequest) -> HttpResponse:
    """The card goes until there is something newer."""
    newest = handbook.book(NEWS).sections[0]
    NewsRead.objects.update_or_create(user=person_of(request), defaults={"heading": newest.title})
    request.session[SESSION_KEY] = newest.title
    return redirect("start")


class FeedbackForm(forms.Form):
    """What could be better."""

    text = forms.CharField(
        label=gettext_lazy("Was ist Ihnen aufgefallen?"),
        help_text=gettext_lazy("Bitte ohne Namen von Bürgerinnen und Bürgern und ohne Falldaten."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    page = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    back = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Tell the Fachadministration about a page (``seite`` is its URL name, no address of a file)."""
    if request.method == "GET":
        initial = {"page": request.GET.get("seite", "")[:60], "back": request.GET.get("von", "")}
        return render(request, "desk/feedback.html", {"form": FeedbackForm(initial=initial)})
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/feedback.html", {"form": form}, status=422)
    Feedback.objects.create(
        user=person_of(request),
        page=form.cleaned_data["page"],
        text=form.cleaned_data["text"],
        created_at=clock.now(),
    )
    add_notice(request, _("Danke. Ihre Rückmeldung liegt jetzt bei der Fachadministration."))
    back = form.cleaned_data["back"]
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "start")


def _read_by_administration(request: HttpRequest) -> None:
    if not administration_only(request):
        raise Forbidden(_("Rückmeldungen liest die Fachadministration."))


@require_GET
def feedback_list(request: HttpRequest) -> HttpResponse:
    """What people said, open ones or all, newest first; ``nach`` is the last id shown."""
    _read_by_administration(request)
    every = request.GET.get("stand") == "alle"
    rows = Feedback.objects.select_related("user")
    rows = rows if every else rows.filter(answered=False)
    after = request.GET.get("nach", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    shown = list(rows.order_by("-pk")[: PAGE + 1])
    more = shown[PAGE - 1].pk if len(shown) > PAGE else None
    return render(
        request, "desk/feedback_list.html", {"rows": shown[:PAGE], "more": more, "every": every}
    )


@require_POST
def feedback_answered(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick one off, or on again."""
    _read_by_administration(request)
    one = get_object_or_404(Feedback, pk=pk)
    one.answered = not one.answered
    one.save(update_fields=["answered"])
    done = _("Als bearbeitet abgelegt.") if one.answered else _("Wieder offen.")
    add_notice(request, done, undo_url=reverse("feedback-answered", args=[pk]))
    return redirect("feedback-list")


def administration_only(request: HttpRequest) -> bool:
    """Shown in the rail to those who may read feedback."""
    return rights_of(request.user).has_role(Role.ADMINISTRATION)
