"""What every page of the desk needs: city, navigation, theme, session lock. Lazy, so that answers
without the frame (htmx fragments) pay nothing for it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.demo import demo_personas
from goettingen_ecm.desk.handbook import explained_pages
from goettingen_ecm.desk.notices import UNDO_SECONDS
from goettingen_ecm.operations.navigation import NavEntry, navigation_for

THEME_COOKIE = "ecm_theme"
THEMES = {"hell": "light", "dunkel": "dark"}


class Frame:
    """The frame of one request; templates read it as ``frame``."""

    undo_seconds = UNDO_SECONDS

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def city(self) -> str:
        return str(settings.CITY_NAME)

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def training(self) -> bool:
        return bool(settings.TRAINING)

    @cached_property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def navigation(self) -> list[NavEntry]:
        return navigation_for(self.request) if self.signed_in else []

    @cached_property
    def represented(self) -> str:
        """Whom the person represents today, by name; empty for nobody."""
        names = [one.name for one in rights_of(self.request.user).borrowed]
        return ", ".join(dict.fromkeys(names))

    @property
    def substitution_url(self) -> str:
        return optional_url("substitutions")

    @cached_property
    def personas(self) -> list[dict[str, str]]:
        """The cards of the log-in page in demo mode."""
        if not settings.DEMO:
            return []
        return [
            {
                "username": person.username,
                "name": str(person),
                "role": person.job_title,
                "story": person.demo_story,
            }
            for person in demo_personas()
        ]

    @property
    def theme_choice(self) -> str:
        """``hell``, ``dunkel`` or ``system``."""
        choice = self.request.COOKIES.get(THEME_COOKIE, "")
        return choice if choice in THEMES else "system"

    @property
    def theme(self) -> str:
        """KERN's name of the chosen theme; empty follows the computer's setting."""
        return THEMES.get(self.theme_choice, "")

    @property
    def layout(self) -> str:
        """Where an error answer stands: in the desk, alone, or as an alert for htmx."""
        if getattr(self.request, "htmx", False):
            return "layouts/error_fragment.html"
        return "layouts/desk.html" if self.signed_in else "layouts/plain.html"

    @property
    def lock_seconds(self) -> int:
        return int(settings.SESSION_LOCK_AFTER.total_seconds())

    @property
    def search_text(self) -> str:
        return self.request.GET.get("q", "").replace("\0", "")

    @property
    def start_url(self) -> str:
        return optional_url("start")

    @property
    def search_url(self) -> str:
        return optional_url("search")

    @property
    def typing_help_url(self) -> str:
        return optional_url("search-typing-help")

    @property
    def new_url(self) -> str:
        return optional_url("upload")

    @cached_property
    def page_name(self) -> str:
        """The URL name of this page: no address of a file in feedback or help."""
        match = self.request.resolver_match
        return (match.url_name or "") if match else ""

    @property
    def help_url(self) -> str:
        """The section of the handbook that explains this page, else the handbook."""
        book, anchor = explained_pages().get(self.page_name, ("", ""))
        return f"{reverse('help-book', args=[book])}#{anchor}" if book else optional_url("help")


def optional_url(name: str) -> str:
    """The address of a page that another app may not offer; empty when it does not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``frame``."""
    return {"frame": Frame(request)}
