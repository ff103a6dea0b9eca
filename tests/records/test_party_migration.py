"""Parties filed before there were sounds and a history of participations get both."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from records.models import Participation, Party
from records.services.parties import Involvement, involve
from tests import stories
from tests.access import world as w

migration = import_module("records.migrations.0013_party_sounds_and_history")


def test_what_was_there_before_is_found_and_can_be_undone(quick_city: None) -> None:
    case_file = stories.social_file().case_file
    names = [f"Müller{n}" for n in range(migration.BATCH + 1)]
    involve([Involvement(case_file, "Antrag", name) for name in names], w.machine())
    before = dict(Party.objects.values_list("pk", "sound_keys"))
    Party.objects.update(sound_keys=[])
    Participation.history.all().delete()
    migration.write_sounds(apps, None)
    assert dict(Party.objects.values_list("pk", "sound_keys")) == before
    with connection.cursor() as cursor:
        cursor.execute(migration.FIRST_ROWS)
    [row] = Participation.objects.earliest("pk").history.all()
    assert (row.history_type, row.role, row.case_file_id) == ("+", "Antrag", case_file.pk)
