"""The litmus suite (apt package) against the scratch area of a matter's share."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import transaction

from records.models import Document
from tests import personas, stories
from tests.integrations.webdav.editor import browses

LITMUS = shutil.which("litmus")
GROUPS = {"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}


@pytest.mark.skipif(LITMUS is None, reason="litmus is not installed")
def test_litmus_passes_on_the_scratch_area(dav_address: str, tmp_path: Path) -> None:
    with transaction.atomic():
        story = stories.social_file()
    secret = browses(personas.person(personas.CLERK_SOCIAL), story.matter).secret
    assert LITMUS is not None
    ran = subprocess.run(
        [LITMUS, "-k", f"{dav_address}/dav/{secret}/_Zwischenablage/"],
        cwd=tmp_path,
        env={"TESTS": " ".join(GROUPS), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = ran.stdout + ran.stderr
    passed = re.findall(r"summary for `(\w+)': of (\d+) tests run: (\d+) passed, 0 failed", told)
    assert {group: int(n) for group, n, _n in passed} == GROUPS, told
    assert Document.objects.count() == 1
