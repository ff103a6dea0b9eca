from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("Schriftgut")

    def ready(self) -> None:
        from goettingen_ecm.access.principals import extra_principals
        from goettingen_ecm.operations import outbox
        from records import (
            analysis,
            bulk_jobs,
            business_data_panel,
            cancel_desk,
            cancel_parents_desk,
            closing_checks,
            closing_entries,
            comment_desk,
            copying_desk,
            deletion_desk,
            document_work,
            emergency_desk,
            exclusion_desk,
            file_changes,
            file_marks,
            follow_ups,
            grants,
            incoming_desk,
            inspection_desk,
            mail_desk,
            merging_desk,
            misfiling_desk,
            moving_desk,
            my_work,
            note_desk,
            paper_desk,
            party_desk,
            plan_desk,
            reference_links,
            rights_review_desk,
            roll_out,
            roll_out_desk,
            saved_searches_desk,
            saved_views_card,
            signature_desk,
            staff_move_desk,
            start_cards,
            unit_change_desk,
        )
        from records.services import (
            business_values,
            document_changes,
            plan_rights,
            uploads,
            word_list,
        )

        analysis.configure(cache_dir=settings.ANALYSER_CACHE_DIR)
        start_cards.register()
        my_work.register()
        incoming_desk.register()
        bulk_jobs.register()
        word_list.register(bulk_jobs.describe_documents)
        cancel_desk.register()
        cancel_parents_desk.register()
        misfiling_desk.register()
        deletion_desk.register()
        mail_desk.register()
        signature_desk.register()
        moving_desk.register()
        merging_desk.register()
        copying_desk.register()
        saved_views_card.register()
        saved_searches_desk.register()
        closing_checks.register()
        closing_entries.register()
        file_changes.register()
        file_marks.register()
        paper_desk.register()
        inspection_desk.register()
        business_data_panel.register()
        follow_ups.register()
        note_desk.register()
        comment_desk.register()
        emergency_desk.register()
        rights_review_desk.register()
        document_work.register()
        party_desk.register()
        staff_move_desk.register()
        unit_change_desk.register()
        roll_out.register()
        roll_out_desk.register()
        exclusion_desk.register()
        reference_links.register()
        plan_desk.register()
        extra_principals.register("records.grants", grants.held_by)
        outbox.handlers.register(plan_rights.TOPIC, plan_rights.continue_job)
        outbox.handlers.register(business_values.TOPIC, business_values.continue_projection)
        outbox.handlers.register(uploads.TOPIC, uploads.make_searchable)
        outbox.handlers.register(document_changes.TOPIC, document_changes.make_findable)
