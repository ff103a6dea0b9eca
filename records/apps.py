from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("Schriftgut")

    def ready(self) -> None:
        from goettingen_ecm.access.principals import extra_principals
        from records import grants, start_cards

        start_cards.register()
        extra_principals.register("records.grants", grants.held_by)
