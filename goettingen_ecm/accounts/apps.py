from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "goettingen_ecm.accounts"
    label = "accounts"
    verbose_name = _("Personen und Organisation")
