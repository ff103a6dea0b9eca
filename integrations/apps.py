from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("Schnittstellen")

    def ready(self) -> None:
        from integrations import (
            deletions,
            my_work,
            start_cards,
            training_desk,
            unfiled,
            unit_following,
        )
        from integrations.open_prosoz import connector

        start_cards.register()
        my_work.register()
        unfiled.register()
        deletions.register()
        connector.register()
        unit_following.register()
        training_desk.register()
