from django.urls import path

from goettingen_ecm.desk import help_views, views
from goettingen_ecm.desk.start import start

urlpatterns = [
    path("", start, name="start"),
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
    path("gestaltung/", views.gallery, name="gallery"),
]
