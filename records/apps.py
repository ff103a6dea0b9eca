from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("Schriftgut")

    def ready(self) -> None:
        from records import start_cards

        start_cards.register()
