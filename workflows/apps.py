from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Abläufe")

    def ready(self) -> None:
        from workflows import my_work, start_cards

        start_cards.register()
        my_work.register()
