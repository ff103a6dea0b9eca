from django.urls import path

from goettingen_ecm.accounts.demo import DemoLoginView

urlpatterns = [
    path("vorfuehrung/anmelden/", DemoLoginView.as_view(), name="demo-login"),
]
