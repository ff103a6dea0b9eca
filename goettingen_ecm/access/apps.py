from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "goettingen_ecm.access"
    label = "access"
    verbose_name = _("Zugriff")
