"""The page benchmark runs and cleans up; its figures are judged by people, not by the suite."""

import json
import os
import subprocess
import sys

import psycopg
from django.conf import settings

PAGES = {
    "hello",
    "start",
    "file_list",
    "file_list_by_number",
    "case_file",
    "document",
    "search",
    "page_image",
    "case_file_filtered",
    "saved_view",
    "history",
    "access",
    "closing",
    "holds",
    "follow_ups",
    "jobs",
    "job",
    "compare_text",
    "compare_pages",
    "versions",
    "parties",
    "party",
    "cross_references",
    "file_plan",
    "paper_loans",
    "plan_editing",
    "roll_out",
    "rights_review",
}


def test_bench_pages_prints_one_json_object_and_leaves_nothing() -> None:
    """A process of its own: the command works on another database than the suite."""
    options = ["--quick", "--documents", "200", "--runs", "1", "--big-file", "150"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test",
        "ECM_LOG_LEVEL": "WARNING",
    }
    run = subprocess.Popen(
        [sys.executable, "manage.py", "bench_pages", *options],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    output, errors = run.communicate()
    assert run.returncode == 0, errors
    result = json.loads(output.splitlines()[-1])
    assert result["bench"] == "pages"
    names = {f"{page}_{unit}" for page in PAGES for unit in ("cpu_ms_median", "queries")}
    long_file = {name for name in result["figures"] if name.startswith("long_file_")}
    new_image = {"page_image_new_cpu_ms_median", "page_image_new_ms_median"}
    assert set(result["figures"]) - long_file - new_image == names
    assert result["figures"]["page_image_new_ms_median"] > 0
    assert {"long_file_last_ratio", "long_file_by_typ_ratio"} < long_file
    # A single run may fall between two ticks of the operating system's clock.
    assert all(value >= 0 for value in result["figures"].values())
    assert result["figures"]["start_queries"] <= 15
    assert result["figures"]["file_list_queries"] <= 12
    assert result["figures"]["case_file_queries"] <= 15
    assert result["figures"]["document_queries"] <= 20
    assert result["parts"]["old_files_only"].keys() >= {"start_cpu_ms_median"}
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        names_left = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [f"ecm_bench_pages_{run.pid}"]
        )
        assert names_left.fetchall() == []
