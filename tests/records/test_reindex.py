"""Documents analysed by an older analyser are analysed anew; nothing is left behind unsearchable."""

from datetime import timedelta

from django.core.management import call_command

from goettingen_ecm.operations import clock
from records.analysis import ANALYSER_VERSION
from records.models import DocumentText, SearchEntry
from records.selectors.search import search
from records.tasks import index_stale_documents
from tests import stories
from tests.personas import CLERK_SOCIAL, person


def test_an_older_analysis_is_made_anew(city: None) -> None:
    document = stories.social_file().document
    DocumentText.objects.update(analyser_version=ANALYSER_VERSION - 1)
    SearchEntry.objects.filter(document_id=document.pk).delete()
    assert search(person(CLERK_SOCIAL), "Heizkostennachzahlung").total == 0
    call_command("reindex")
    with clock.fixed(clock.now() + timedelta(minutes=5)):
        assert index_stale_documents() == 1
    assert search(person(CLERK_SOCIAL), "Heizkostennachzahlung").total == 1
    assert DocumentText.objects.get().analyser_version == ANALYSER_VERSION


def test_what_is_up_to_date_stays(city: None) -> None:
    stories.social_file()
    call_command("reindex")
    with clock.fixed(clock.now() + timedelta(minutes=5)):
        assert index_stale_documents() == 0
