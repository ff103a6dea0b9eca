"""What this machine can do, what is off and why: one list for ``manage.py doctor`` and the UI.

Upper layers add theirs with ``capabilities.register``; a check never raises, it finds.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import clamd
import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MINIMUM_POSTGRES = 15
SCARCE_BYTES = 5 << 30
TOOL_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the version or place when available, the reason when not."""

    available: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing the product can use.

    ``off`` says what a person misses without it; ``required`` makes ``doctor`` end with status 1.
    """

    title: "str | StrPromise"
    check: Callable[[], Finding]
    off: "str | StrPromise"
    required: bool = False


capabilities: Registry[Capability] = Registry()


def finding(name: str) -> Finding:
    """Look now. Raises KeyError for an unknown name."""
    return capabilities.get(name).check()


def is_available(name: str) -> bool:
    """For the UI: is this capability there at this moment?"""
    return finding(name).available


def program(*names: str, arguments: tuple[str, ...] = ("--version",)) -> Callable[[], Finding]:
    """A check for the first of ``names`` on the PATH; the detail is its first line of output."""

    def check() -> Finding:
        path = next((found for name in names if (found := shutil.which(name))), None)
        if path is None:
            missing = gettext("Programm %(name)s nicht gefunden") % {"name": names[0]}
            return Finding(False, missing)
        return _first_line([path, *arguments])

    return check


def _first_line(command: list[str]) -> Finding:
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=TOOL_TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(False, str(error))
    lines = (result.stdout + result.stderr).strip().splitlines() or [""]
    return Finding(result.returncode == 0, lines[0])


def postgres() -> Finding:
    """The server answers and is new enough."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone()[0])
    except DatabaseError as error:
        return Finding(False, _line(error))
    return Finding(int(version.split(".")[0]) >= MINIMUM_POSTGRES, f"PostgreSQL {version}")


def _line(error: DatabaseError) -> str:
    return str(error).strip().split("\n", 1)[0]


def audit_role() -> Finding:
    """The application's role cannot change audit entries: no owner, no superuser, no grant."""
    query = (
        "SELECT current_user, r.rolsuper, coalesce(bool_or(t.tableowner = current_user"
        " OR has_table_privilege(quote_ident(t.schemaname) || '.' || quote_ident(t.tablename),"
        " 'UPDATE, DELETE, TRUNCATE')), false), count(t.tablename)"
        " FROM pg_roles r LEFT JOIN pg_tables t"
        " ON t.schemaname = current_schema() AND t.tablename LIKE 'audit\\_%'"
        " WHERE r.rolname = current_user GROUP BY r.rolsuper"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            role, superuser, may_change, tables = cursor.fetchone()
    except DatabaseError as error:
        return Finding(False, _line(error))
    if superuser or may_change:
        return Finding(False, gettext("Rolle %(role)s darf Protokolle ändern") % {"role": role})
    if not tables:
        return Finding(False, gettext("Tabellen fehlen: manage.py migrate"))
    return Finding(True, gettext("Rolle %(role)s") % {"role": role})


def queue() -> Finding:
    """Redis or Valkey answers."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2) as client:
            info = client.info("server")
    except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError) as error:
        return Finding(False, str(error))
    name, version = info.get("server_name", "redis"), info.get("redis_version", "")
    return Finding(True, f"{name} {info.get('valkey_version', version)}")


def virus_scanner() -> Finding:
    """clamd answers at CLAMD_URL (``tcp://host:port`` or ``unix:///path``)."""
    if not settings.CLAMD_URL:
        return Finding(False, gettext("ECM_CLAMD_URL ist nicht gesetzt"))
    parts = urlsplit(settings.CLAMD_URL)
    try:
        if parts.scheme == "unix":
            scanner = clamd.ClamdUnixSocket(path=parts.path, timeout=3)
        else:
            scanner = clamd.ClamdNetworkSocket(parts.hostname, parts.port or 3310, timeout=3)
        return Finding(True, str(scanner.version()))
    except (clamd.ClamdError, OSError) as error:
        return Finding(False, f"{settings.CLAMD_URL}: {error}")


def text_recognition() -> Finding:
    """tesseract with the German language data."""
    found = program("tesseract")()
    if not found.available:
        return found
    listed = subprocess.run(
        ["tesseract", "--list-langs"],
        capture_output=True,
        text=True,
        timeout=TOOL_TIMEOUT_SECONDS,
        check=False,
    )
    if "deu" in listed.stdout.split():
        return found
    return Finding(False, gettext("Sprachdaten deu fehlen"))


def disk_space() -> Finding:
    """Enough room where the files of the eAkten lie."""
    folder = Path(settings.BLOB_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    return Finding(free >= SCARCE_BYTES, f"{free / (1 << 30):.1f} GB frei in {nearest}")


def demo_is_off() -> Finding:
    """Demo logins do not exist."""
    if settings.DEMO:
        return Finding(False, gettext("ECM_DEMO ist eingeschaltet"))
    return Finding(True, "")


def demo_accounts() -> Finding:
    """Without demo mode nobody has one of the demo accounts, whose password everybody knows."""
    if settings.DEMO or settings.TRAINING:
        return Finding(True, gettext("gehören zur Vorführung"))
    try:
        left = get_user_model()._default_manager.filter(is_demo=True, is_active=True).count()
    except DatabaseError as error:
        return Finding(False, _line(error))
    if left:
        return Finding(False, gettext("%(count)s Demo-Konten sind aktiv") % {"count": left})
    return Finding(True, gettext("keine"))


def audit_key() -> Finding:
    """The key that seals the audit is there and is the installation's own."""
    key = settings.AUDIT_KEY
    if not key or key.startswith(("development-only", "test-only")):
        return Finding(False, gettext("ECM_AUDIT_KEY fehlt oder ist ein Beispielschlüssel"))
    return Finding(True, gettext("%(length)s Zeichen") % {"length": len(key)})


def register_own() -> None:
    """The platform's capabilities, in the order doctor prints them."""
    for order, (name, capability) in enumerate(_own().items()):
        capabilities.register(name, capability, order=order)


def _own() -> dict[str, Capability]:
    stopped = _("die eAkte arbeitet nicht")
    return {
        "postgres": Capability(_("PostgreSQL ab 15"), postgres, stopped, required=True),
        "audit_role": Capability(
            _("Protokoll unveränderlich"),
            audit_role,
            _("die Anwendung könnte ihr eigenes Protokoll ändern"),
            required=True,
        ),
        "audit_key": Capability(
            _("Protokollschlüssel"),
            audit_key,
            _("Siegel des Protokolls beweisen nichts"),
            required=True,
        ),
        "demo_accounts": Capability(
            _("Demo-Konten"),
            demo_accounts,
            _("mit dem bekannten Kennwort könnte sich jeder anmelden"),
            required=True,
        ),
        "disk": Capability(
            _("Speicherplatz ab 5 GB"), disk_space, _("Ablegen wird bald verweigert"), required=True
        ),
        "queue": Capability(
            _("Redis/Valkey"),
            queue,
            _("Importe warten, Seiten sind langsamer; nichts geht verloren"),
        ),
        "clamd": Capability(
            _("Virenprüfung (ClamAV)"), virus_scanner, _("eingehende Dateien bleiben ungeprüft")
        ),
        "libreoffice": Capability(
            _("LibreOffice"),
            program("soffice", "libreoffice"),
            _("Office-Dateien nur zum Herunterladen, keine Vorschau"),
        ),
        "tesseract": Capability(
            _("Texterkennung (tesseract, deu)"),
            text_recognition,
            _("Text in Scans wird nicht erkannt und nicht gefunden"),
        ),
        "ghostscript": Capability(
            _("Ghostscript"), program("gs"), _("keine PDF/A-Fassung gescannter Seiten")
        ),
        "chromium": Capability(
            _("Chromium"),
            program("chromium", "chromium-browser", "google-chrome"),
            _("Oberflächentests von make test laufen nicht"),
        ),
        "demo_off": Capability(
            _("Demo-Anmeldungen aus"),
            demo_is_off,
            _("jeder kann sich als Demo-Person anmelden: nur zum Vorführen"),
        ),
    }


register_own()
