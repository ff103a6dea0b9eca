"""Who reaches the operator desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goettingen_ecm.operations.refusals import Forbidden
from records import policies

View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """Refuse everybody who does not look after deliveries: 403 with the reason."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not policies.can_operate_deliveries(request.user):
            raise Forbidden(
                _("Lieferungen der Fachverfahren betreut die Fachadministration."),
                next_step=_("Fragen Sie dort nach, wenn Ihnen ein Dokument fehlt."),
            )
        return view(request, *args, **kwargs)

    return guarded
