"""The WSGI application that answers below ``/dav/`` with wsgidav, and everything else with Django.

No session, no password: the secret in the address names the person. Rights are asked with every
request, as for a page.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from wsgidav.error_printer import ErrorPrinter
from wsgidav.request_resolver import RequestResolver
from wsgidav.wsgidav_app import WsgiDAVApp

from goettingen_ecm.access.principals import hold_rights
from integrations.webdav.models import DavShare
from integrations.webdav.provider import ShareProvider
from integrations.webdav.shares import PREFIX, find_share

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

READING = ("GET", "HEAD", "OPTIONS", "PROPFIND")
# Bodies that are no file: locks and properties are a few lines of XML.
MOST_XML = 256 * 1024
HEADERS = [
    ("Cache-Control", "private, no-cache"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Opened in a browser, nothing of it may run or be shown in another page.
    ("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
    ("Content-Disposition", "attachment"),
]
CONFIG = {
    "provider_mapping": {},
    "middleware_stack": [ErrorPrinter, RequestResolver],
    "lock_storage": False,
    "property_manager": False,
    "verbose": 1,
    "logging": {"enable": False},
    "suppress_version_info": True,
    "hotfixes": {"re_encode_path_info": True},
}


class ShareApp(WsgiDAVApp):  # type: ignore[misc]
    """wsgidav for one share: a copy of the configured application per request."""

    provider: ShareProvider | None = None

    def resolve_provider(self, path: str) -> tuple[str | None, ShareProvider | None]:
        """The share of this request and no other."""
        root = self.provider.share_path if self.provider is not None else None
        if root and (path == root or path.startswith(f"{root}/")):
            return root, self.provider
        return None, None

    def serving(self, share: DavShare, root: str) -> "ShareApp":
        """The application for one request of a share."""
        app = copy(self)
        app.provider = ShareProvider(share, root)
        return app


@lru_cache(maxsize=1)
def _configured() -> ShareApp:
    return ShareApp(CONFIG)


def beside_django(django: Application) -> Application:
    """``/dav/`` goes to editors, the rest to Django."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return _answer(environ, start_response)
        return django(environ, start_response)

    return application


def _answer(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Connections are opened and closed around the answer as Django does around a view."""
    signals.request_started.send(sender=ShareApp, environ=environ)
    try:
        yield from _served(environ, start_response)
    finally:
        signals.request_finished.send(sender=ShareApp)


def _served(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    if (status := _refusal(environ)) is not None:
        return _short(status, start_response)
    secret = environ["PATH_INFO"].removeprefix(PREFIX).split("/", 1)[0]
    share = find_share(secret) if secret.isascii() else None
    if share is None:
        return _short(HTTPStatus.NOT_FOUND, start_response)
    environ["wsgidav.auth.user_name"] = str(share.user_id)
    if environ["REQUEST_METHOD"] in READING:
        # As for a page: all files of a listing are seen by the same state of rights.
        hold_rights(share.user)

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        known = {name.lower() for name, _value in headers}
        more = [one for one in HEADERS if one[0].lower() not in known]
        return start_response(status, [*headers, *more], exc_info)

    app = _configured().serving(share, f"{PREFIX}{secret}")
    answer: Iterable[bytes] = app(environ, start)
    return answer


def _refusal(environ: Environ) -> HTTPStatus | None:
    """What is refused before anybody is looked up: foreign hosts, plain http, bodies too large."""
    # On a copy: Django decodes the path in place.
    request = WSGIRequest(dict(environ))
    try:
        request.get_host()
    except DisallowedHost:
        return HTTPStatus.BAD_REQUEST
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return HTTPStatus.FORBIDDEN
    # wsgidav compares the scheme of Destination with it; the proxy has ended TLS.
    environ["wsgi.url_scheme"] = request.scheme
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    if environ["REQUEST_METHOD"] == "PUT":
        most = settings.UPLOAD_MAX_BYTES
    elif environ.get("HTTP_TRANSFER_ENCODING"):
        return HTTPStatus.LENGTH_REQUIRED
    else:
        most = MOST_XML
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(length) > most else None


def _short(status: HTTPStatus, start_response: StartResponse) -> list[bytes]:
    body = f"{status.value} {status.phrase}\n".encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *HEADERS]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
