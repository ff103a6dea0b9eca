"""A PDF from an Office file, made by LibreOffice in a confined process of its own.

Each run has its own folder with its own user profile, in which macros, links to other places and
updates are switched off; nothing of it stays.
"""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from records.content.office_confinement import OfficeLimits, owner_of_work
from records.content.office_types import OFFICE_TYPES
from records.content.problems import Problem, explain
from records.content.results import ContentUnreadable

log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAMS = ("soffice", "libreoffice")
# Programs, fonts and their configuration: what LibreOffice reads besides the file.
_READABLE = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/opt",
    "/etc/libreoffice",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/papersize",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
    "/var/cache/fontconfig",
)
_OUT_OF_CPU = -signal.SIGXCPU
_WORDS_KEPT = 800

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
  xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>
"""
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS = (
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "de-DE"),
)


def program() -> str | None:
    """Where LibreOffice is, if this machine has it."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def convert_to_pdf(source: Path, mime: str, limits: OfficeLimits | None = None) -> bytes:
    """The PDF (PDF/A-2b, at most ``limits.pages`` pages) of an Office file of ``OFFICE_TYPES``.

    Raises ContentUnreadable with the reason in German, FileNotFoundError without LibreOffice.
    """
    limits = limits or OfficeLimits()
    command = program()
    if command is None:
        raise FileNotFoundError("soffice")
    extension, export = OFFICE_TYPES[mime]
    with _workplace() as folder:
        copy = folder / f"datei.{extension}"
        shutil.copyfile(source, copy)
        _write_profile(folder)
        _hand_over(folder)
        _run(folder, _command(command, folder, copy, export, limits), limits)
        return _result(folder)


@contextmanager
def _workplace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    target = folder / "profil" / "user" / "registrymodifications.xcu"
    target.parent.mkdir(parents=True)
    target.write_text(_PROFILE.format(items=items), encoding="utf-8")


def _hand_over(folder: Path) -> None:
    owner = owner_of_work()
    if owner is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner)


def _command(
    program: str, folder: Path, copy: Path, export: str, limits: OfficeLimits
) -> list[str]:
    options = {
        "PageRange": {"type": "string", "value": f"1-{limits.pages}"},
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "ExportBookmarks": {"type": "boolean", "value": "true"},
    }
    return [
        program,
        f"-env:UserInstallation={(folder / 'profil').as_uri()}",
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nofirststartwizard",
        "--convert-to",
        f"pdf:{export}:{json.dumps(options)}",
        "--outdir",
        str(folder / "ergebnis"),
        str(copy),
    ]


def _run(folder: Path, command: list[str], limits: OfficeLimits) -> None:
    order = {
        "folder": str(folder),
        "readable": _READABLE,
        "command": command,
        "limits": asdict(limits),
        "die_with": os.getpid(),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "records.content.office_child", json.dumps(order)],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            words, _nothing = process.communicate(timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired as slow:
            raise ContentUnreadable(Problem.TIMEOUT, explain(Problem.TIMEOUT)) from slow
        finally:
            _end_all(process.pid)
    last_words = words[-_WORDS_KEPT:].decode(errors="replace")
    log.info("LibreOffice ended with %s: %s", process.returncode, last_words)
    if process.returncode == _OUT_OF_CPU:
        raise ContentUnreadable(Problem.TIMEOUT, explain(Problem.TIMEOUT))
    if process.returncode < 0:
        raise ContentUnreadable(Problem.CRASHED, explain(Problem.CRASHED))


def _end_all(group: int) -> None:
    """LibreOffice starts further processes; none of them outlives the run."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _result(folder: Path) -> bytes:
    made = folder / "ergebnis" / "datei.pdf"
    if made.is_symlink() or not made.is_file():
        raise ContentUnreadable(Problem.BROKEN, explain(Problem.BROKEN))
    return made.read_bytes()
