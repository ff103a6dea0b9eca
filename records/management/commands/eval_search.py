"""``manage.py eval_search FILE``: how many of the expected documents the search finds."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from records.benchmarks import search_quality, side_by_side
from records.benchmarks.search_quality import Corpus, Question, QuestionsError


class Command(BaseCommand):
    help = "Bewertet die Suche mit einer Datei von Fragen und erwarteten Dokumenten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("questions", type=Path, help="JSON mit den Fragen")
        parser.add_argument(
            "--corpus",
            type=Path,
            help="Ordner mit <Sammlung>/<Name>.md; wird vorher in einer eigenen, danach gelöschten"
            " Datenbank durchsuchbar gemacht",
        )
        parser.add_argument("--user", help="wer fragt (ohne --corpus)")
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            questions = search_quality.read_questions(options["questions"])
            if options["corpus"] is None:
                self._score(questions, search_quality.referenced(self._reader(options["user"])))
            else:
                self._with_corpus(questions, options["corpus"], options["database_url"])
        except QuestionsError as error:
            raise CommandError(str(error)) from error

    def _reader(self, username: str | None) -> User:
        user = User.objects.filter(username=username or "").first()
        if user is None:
            raise CommandError("--user nennt niemanden, der fragen kann.")
        return user

    def _with_corpus(self, questions: list[Question], folder: Path, owner_url: str) -> None:
        if not owner_url:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        with benching.scratch_database(owner_url, "eval"):
            corpus = search_quality.index_corpus(
                folder, lambda done: self.stderr.write(f"{done} durchsuchbar")
            )
            self._score(questions, corpus, beside=True)

    def _score(self, questions: list[Question], corpus: Corpus, *, beside: bool = False) -> None:
        score = search_quality.ask(questions, corpus)
        parts: dict[str, Any] = {
            "misses": score.misses,
            "more_hits_than_ranked": score.beyond_ranking,
        }
        if beside:
            with side_by_side.engines() as built:
                others = side_by_side.quality(questions, corpus, built)
                parts["side_by_side"] = side_by_side.report(built, figures=others)
        facts = benching.conditions(documents=len(corpus.names), questions=len(questions))
        self.stdout.write(benching.result("search_quality", score.figures(), parts, facts))
