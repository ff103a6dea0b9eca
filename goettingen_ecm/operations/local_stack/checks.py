"""``make check``: every static check in one go; all of them run, the first failure does not hide
the others."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR


@dataclass(frozen=True)
class Check:
    """A named command with what it needs beside the present environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Run it; its own output explains a failure."""
        tool = str(Path(sys.executable).parent / self.command[0])
        environment = {**os.environ, **self.environment}
        command = [tool, *self.command[1:]]
        return (
            subprocess.run(command, cwd=PROJECT_DIR, env=environment, check=False).returncode == 0
        )


def production_environment() -> dict[str, str]:
    """Settings a real installation would have, with throw-away keys."""
    return {
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.prod",
        "ECM_SECRET_KEY": secrets.token_urlsafe(64),
        "ECM_AUDIT_KEY": secrets.token_urlsafe(64),
        "ECM_HOSTS": "eakte.musterstadt.example",
        "ECM_TRUSTED_ORIGINS": "https://eakte.musterstadt.example",
        "ECM_SITE_ADDRESS": "https://eakte.musterstadt.example",
        "ECM_DEMO": "0",
    }


def all_checks() -> list[Check]:
    """In the order of speed."""
    test = {"DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test"}
    return [
        Check("ruff check", ("ruff", "check", ".")),
        Check("ruff format", ("ruff", "format", "--check", ".")),
        Check("import-linter", ("lint-imports",), test),
        Check("djlint", ("djlint", "templates", "--lint", "--quiet"), test),
        Check(
            "Migrationen", ("python", "manage.py", "makemigrations", "--check", "--dry-run"), test
        ),
        Check(
            "check --deploy",
            ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            production_environment(),
        ),
        Check("mypy", ("mypy", "."), test),
    ]


def main() -> int:
    """0 when every check passes; prints one line per check at the end."""
    results = []
    for check in all_checks():
        print(f"== {check.name}", flush=True)
        results.append((check.name, check.passes()))
    print()
    for name, passed in results:
        print(f"{'ok    ' if passed else 'FEHLER'} {name}")
    return 0 if all(passed for _name, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
