from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "goettingen_ecm.desk"
    verbose_name = _("Oberfläche")

    def ready(self) -> None:
        from goettingen_ecm.desk import help_views, my_work_jobs, staff_jobs, staff_views
        from goettingen_ecm.operations.navigation import NavItem, items
        from goettingen_ecm.operations.registry import start_cards

        items.register("desk.start", NavItem(_("Mein Tag"), "start", "start"), order=10)
        items.register("desk.my_work", NavItem(_("Meine Arbeit"), "my-work", "tasks"), order=12)
        my_work_jobs.register()
        start_cards.register("desk.news", help_views.news_card, order=900)
        feedback = NavItem(
            _("Rückmeldungen"), "feedback-list", "note", help_views.administration_only
        )
        items.register("desk.feedback", feedback, order=900)
        staff = NavItem(_("Personen einlesen"), "staff-import", "people", staff_views.may_import)
        items.register("desk.staff", staff, order=890)
        staff_jobs.register()
