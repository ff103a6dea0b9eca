"""Names of parties sound the way they do from now on; participations get the first row of a history."""

from typing import Any

from django.db import migrations

BATCH = 2000

FIRST_ROWS = """
INSERT INTO records_historicalparticipation
    (id, case_file_id, party_id, role, row_version, history_date, history_type)
SELECT id, case_file_id, party_id, role, row_version, now(), '+'
FROM records_participation ORDER BY id
"""


def write_sounds(apps: Any, schema_editor: Any) -> None:
    from records.name_sounds import sound_keys

    party = apps.get_model("records", "Party")
    rows = []
    for one in party.objects.only("circle", "sort_key").iterator(BATCH):
        one.sound_keys = sound_keys(one.circle, one.sort_key)
        rows.append(one)
        if len(rows) == BATCH:
            party.objects.bulk_update(rows, ["sound_keys"])
            rows = []
    party.objects.bulk_update(rows, ["sound_keys"])


class Migration(migrations.Migration):
    dependencies = [("records", "0012_parties_and_cross_references")]

    operations = [
        migrations.RunPython(write_sounds, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(FIRST_ROWS, migrations.RunSQL.noop, elidable=True),
    ]
