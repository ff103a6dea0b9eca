"""The logged-in person of a request."""

from django.http import HttpRequest

from goettingen_ecm.accounts.models import User


def person_of(request: HttpRequest) -> User:
    """The user of a page behind the login.

    Raises TypeError on a page without login: that is a programming error, never a user's.
    """
    if not isinstance(request.user, User):
        raise TypeError("this page needs the login")
    return request.user
