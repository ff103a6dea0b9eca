from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("Schnittstellen")

    def ready(self) -> None:
        from integrations import (
            deletions,
            my_work,
            office_desk,
            start_cards,
            training_desk,
            unfiled,
            unit_following,
        )
        from integrations.open_prosoz import connector
        from integrations.webdav import shares

        start_cards.register()
        my_work.register()
        unfiled.register()
        deletions.register()
        connector.register()
        unit_following.register()
        training_desk.register()
        office_desk.register()
        shares.register()
