"""The bulk benchmark runs and counts history and audit of every object."""

import json
import os
import subprocess
import sys

from django.conf import settings


def test_bench_bulk_prints_one_json_object() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "bench_bulk", "--documents", "20"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test", "ECM_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["bench"] == "bulk"
    assert result["parts"] == {"history_rows": 20, "audit_entries": 20}
    assert result["figures"]["metadata_objects_per_second"] > 0
