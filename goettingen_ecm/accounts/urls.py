from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.generic import TemplateView

from goettingen_ecm.accounts import account_pages
from goettingen_ecm.accounts.demo import DemoLoginView

# allauth's own pages follow in goettingen_ecm/urls.py; what stands here comes first.
urlpatterns = [
    path("vorfuehrung/anmelden/", DemoLoginView.as_view(), name="demo-login"),
    path(
        "konto/password/reset/",
        login_not_required(TemplateView.as_view(template_name="account/password_reset.html")),
        name="password-help",
    ),
    re_path(
        r"^konto/(?:email|confirm-email|password/reset/.+)/",
        account_pages.not_here,
        name="account_mail_pages",
    ),
]
