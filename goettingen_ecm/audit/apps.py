from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "goettingen_ecm.audit"
    label = "audit"
    verbose_name = _("Protokoll")

    def ready(self) -> None:
        # Every app may bring a module ``audit_sentences`` that registers its actions.
        autodiscover_modules("audit_sentences")
        from goettingen_ecm.audit import watch

        watch.register()
