from django.urls import path

from workflows.views import follow_ups, substitutions

urlpatterns = [
    path("vertretung/", substitutions.substitutions, name="substitutions"),
    path(
        "vertretung/<uuid:uuid>/beenden/", substitutions.substitution_end, name="substitution-end"
    ),
    path("wiedervorlagen/", follow_ups.follow_up_list, name="follow-ups"),
    path(
        "wiedervorlagen/neu/<slug:kind>/<uuid:uuid>/",
        follow_ups.follow_up_new,
        name="follow-up-new",
    ),
    path("wiedervorlagen/tun/", follow_ups.follow_ups_act, name="follow-ups-act"),
    path("wiedervorlagen/verschieben/", follow_ups.follow_ups_postpone, name="follow-ups-postpone"),
    path(
        "wiedervorlagen/zuruecknehmen/<uuid:uuid>/",
        follow_ups.follow_ups_reopen,
        name="follow-ups-reopen",
    ),
]
