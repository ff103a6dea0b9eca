from django.urls import path

from goettingen_ecm.desk import views
from goettingen_ecm.desk.start import start

urlpatterns = [
    path("", start, name="start"),
    path("tasten/", views.keys, name="keys"),
    path("darstellung/", views.theme, name="theme"),
    path("lebenszeichen/", views.keepalive, name="keepalive"),
    path("gestaltung/", views.gallery, name="gallery"),
]
