"""The intake benchmark runs: every mail is an Eingang with its attachment."""

import json
import os
import subprocess
import sys

from django.conf import settings


def test_bench_intake_prints_one_json_object() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "bench_intake", "--mails", "3", "--pages", "20"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test", "ECM_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["bench"] == "intake"
    assert result["parts"] == {"items": 6, "files": 12}
    assert all(value > 0 for value in result["figures"].values())
