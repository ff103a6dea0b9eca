from django.urls import path

from goettingen_ecm.desk import help_views, my_work_views, staff_views, views
from goettingen_ecm.desk.start import start

urlpatterns = [
    path("", start, name="start"),
    path("meine-arbeit/", my_work_views.my_work_list, name="my-work"),
    path("tasten/", views.keys, name="keys"),
    path("darstellung/", views.theme, name="theme"),
    path("lebenszeichen/", views.keepalive, name="keepalive"),
    path("hilfe/", help_views.help_page, name="help"),
    path("hilfe/<slug:name>/", help_views.help_page, name="help-book"),
    path("neuigkeiten/gelesen/", help_views.news_read, name="news-read"),
    path("rueckmeldung/", help_views.feedback, name="feedback"),
    path("rueckmeldungen/", help_views.feedback_list, name="feedback-list"),
    path(
        "rueckmeldungen/<int:pk>/bearbeitet/",
        help_views.feedback_answered,
        name="feedback-answered",
    ),
    path("personen-einlesen/", staff_views.staff_import_upload, name="staff-import"),
    path("personen-einlesen/muster.csv", staff_views.staff_list_sample, name="staff-list-sample"),
    path("personen-einlesen/<uuid:uuid>/", staff_views.staff_list, name="staff-list"),
    path(
        "personen-einlesen/<uuid:uuid>/uebernehmen/",
        staff_views.staff_list_apply,
        name="staff-list-apply",
    ),
    path(
        "personen-einlesen/<uuid:uuid>/loeschen/",
        staff_views.staff_list_discard,
        name="staff-list-discard",
    ),
    path("gestaltung/", views.gallery, name="gallery"),
]
