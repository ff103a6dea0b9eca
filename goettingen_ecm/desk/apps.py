from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "goettingen_ecm.desk"
    verbose_name = _("Oberfläche")

    def ready(self) -> None:
        from goettingen_ecm.operations.navigation import NavItem, items

        items.register("desk.start", NavItem(_("Mein Tag"), "start", "start"), order=10)
