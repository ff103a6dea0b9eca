"""The start page "Mein Tag": cards that the apps register; whoever has nothing to do sees that."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import start_cards


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Everything a person needs in the morning on one page."""
    cards = [card for source in start_cards.entries() if (card := source(request)) is not None]
    return render(request, "desk/start.html", {"cards": cards, "today": clock.today()})
