"""Version 1 under ``/api/v1/``, described by ``/api/v1/openapi.json`` (OpenAPI 3.1)."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

from integrations.rest import problems
from integrations.rest.auth import TokenBearer, TokenThrottle
from integrations.rest.case_files import router

api = NinjaAPI(
    title="eAkte",
    version="1",
    description="Akten und ihre Fachdaten für andere Programme des Hauses.",
    urls_namespace="api-v1",
    docs_url=None,
    auth=TokenBearer(),
    throttle=[TokenThrottle()],
)
problems.register(api)
api.add_router("", router)


def addresses() -> list[URLPattern | URLResolver]:
    """The interface asks for its token itself: the desk's login page would be no answer here."""
    found: list[URLPattern | URLResolver] = list(api.urls[0])
    for one in found:
        if isinstance(one, URLPattern):
            one.callback = login_not_required(one.callback)
    return found
