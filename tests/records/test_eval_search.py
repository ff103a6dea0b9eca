"""The evaluation of the search: what is counted, what is told of bad questions, the whole command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from records.benchmarks.search_quality import (
    Question,
    QuestionsError,
    Score,
    judge,
    read_questions,
)

ASKED = Question(
    "bescheid",
    "compound",
    must=frozenset({"a/1", "a/2", "a/absent"}),
    should=frozenset({"a/3"}),
    must_not=frozenset({"a/4"}),
    top=frozenset({"a/2"}),
    top_k=1,
)
CORPUS = {"a/1", "a/2", "a/3", "a/4"}


def judged(*ranked: str) -> Score:
    score = Score()
    judge(ASKED, ranked, CORPUS, score)
    return score


def test_what_the_corpus_does_not_hold_is_not_expected() -> None:
    assert judged("a/2", "a/1", "a/3").figures() == {
        "recall_compound": 1.0,
        "bonus_compound": 1.0,
        "known_item_top_k": 1.0,
        "false_friend_errors": 0,
    }


def test_misses_are_counted_and_named() -> None:
    score = judged("a/1")
    assert score.figures()["recall_compound"] == 0.5
    assert score.figures()["known_item_top_k"] == 0.0
    assert score.misses == {"bescheid": ["a/2"]}


@pytest.mark.parametrize(
    ("ranked", "errors"),
    [(("a/4", "a/1"), 1), (("a/1", "a/4"), 0), (("a/1", "a/4", "a/2"), 1), (("a/4",), 0)],
)
def test_a_false_friend_may_not_stand_above_an_expected_document(
    ranked: tuple[str, ...], errors: int
) -> None:
    assert judged(*ranked).false_friends == errors


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no json", "keine Fragen lesbar"),
        ('{"queries": [{"category": "x"}]}', "Frage 1: KeyError('query')"),
        ('{"queries": [{"query": "a", "category": "x", "must": 3}]}', "Frage 1"),
    ],
)
def test_bad_questions_name_file_and_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "fragen.json"
    path.write_text(text)
    with pytest.raises(QuestionsError) as raised:
        read_questions(path)
    assert str(raised.value).startswith("fragen.json")
    assert told in str(raised.value)


def test_the_command_indexes_a_corpus_and_scores_it(tmp_path: Path) -> None:
    texts = {
        "steuer": "# Abgaben\n\nDer Gewerbesteuerbescheid wird bekannt gegeben.",
        "haus": "# Bauen\n\nHochhäuser stehen in der Straße.",
    }
    folder = tmp_path / "texte" / "satzung"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text)
    asked = [
        {"query": "bescheid", "category": "compound", "must": ["satzung/steuer"]},
        {"query": "strasse", "category": "umlaut-ss", "must": ["satzung/haus"]},
    ]
    (tmp_path / "fragen.json").write_text(json.dumps({"queries": asked}))
    run = subprocess.run(
        [
            sys.executable, "manage.py", "eval_search", str(tmp_path / "fragen.json"),
            "--corpus", str(tmp_path / "texte"),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test", "ECM_LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["figures"] == {
        "recall_compound": 1.0,
        "recall_umlaut-ss": 1.0,
        "bonus_compound": 1.0,
        "bonus_umlaut-ss": 1.0,
        "known_item_top_k": 1.0,
        "false_friend_errors": 0,
    }
    assert result["conditions"]["documents"] == 2
