"""The made-up city: its shape, its reproducibility, and that search can be measured in it."""

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from records.benchmarks.city import texts
from records.benchmarks.city.ground import NoCityError, readers_here
from records.benchmarks.city.shape import MOST, file_shape, shape
from records.benchmarks.city.words import vocabulary

SCOPES = [(n * 10, *range(n * 10 + 1, n * 10 + 4)) for n in range(50)]


def test_a_city_has_exactly_the_documents_wanted_in_files_of_the_measured_sizes() -> None:
    city = shape(20_000, seed=3)
    assert city.documents == 20_000
    assert statistics.median(city.sizes) == 4
    assert 5 < city.documents / city.files < 6.5
    assert max(city.sizes) <= MOST
    assert [b - a for a, b in pairwise(city.first_documents)] == city.sizes[:-1]


def test_the_same_seed_gives_the_same_files_and_another_one_others() -> None:
    one, again, other = (shape(500, seed) for seed in (1, 1, 2))
    of = [[file_shape(city, n, SCOPES, 30) for n in range(40)] for city in (one, again, other)]
    assert of[0] == of[1]
    assert of[0] != of[2]


def test_half_of_the_files_have_the_plain_rights_of_their_unit() -> None:
    city = shape(12_000, seed=1)
    files = [file_shape(city, n, SCOPES, 30) for n in range(2_000)]
    assert all(file.scope // 10 == file.unit for file in files)
    plain = sum(file.scope == SCOPES[file.unit][0] for file in files) / len(files)
    assert 0.55 < plain < 0.7


def test_the_largest_department_has_a_fifth_and_a_dissolved_unit_only_old_files() -> None:
    city = shape(12_000, seed=1)
    files = [file_shape(city, n, SCOPES, 30) for n in range(2_000)]
    units = Counter(file.unit // 5 for file in files)
    assert 0.16 < units[0] / len(files) < 0.24
    assert max(day.year for file in files if file.unit == 49 for day in file.days) <= 2004
    assert all(file.opened_on <= file.days[0] for file in files)


def test_texts_have_three_hundred_words_and_what_a_file_is_about_comes_back() -> None:
    words = vocabulary(1)
    rng = Random(1)
    own = texts.file_words(rng, words.domains[0])
    found = texts.text(rng, words.common, words.domains[0], own, "Anna Berghof").split()
    assert len(found) == texts.WORDS
    assert len({word.strip(".") for word in found} & set(own)) > len(own) // 2


def test_a_folder_with_too_few_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kurz.txt").write_text("Nur wenige Wörter")
    with pytest.raises(ValueError, match="2 Wörter, gebraucht werden"):
        vocabulary(1, tmp_path)


@pytest.mark.django_db
def test_without_a_city_there_is_nobody_to_measure_as() -> None:
    with pytest.raises(NoCityError, match="keine Stadt"):
        readers_here()


def test_the_search_is_measured_in_a_small_city() -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "bench_search", "--quick"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test", "ECM_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["figures"]["page_cpu_ms_median"] > 0
    others = result["parts"].pop("side_by_side")
    assert others["cpu_ms"]["very_common"]["sqlite_fts5"] > 0
    hits = {name: part["hits_median"] for name, part in result["parts"].items()}
    assert hits["all_seeing_very_common"] > hits["head_very_common"] > 0
    assert hits["all_seeing_phrase"] > 0
