"""Addresses without login and without content: for supervisors and load balancers."""

from django.urls import URLPattern, path

from goettingen_ecm.operations import health

urlpatterns: list[URLPattern] = [
    path("gesundheit/lebt", health.alive, name="health_alive"),
    path("gesundheit/bereit", health.ready, name="health_ready"),
]
