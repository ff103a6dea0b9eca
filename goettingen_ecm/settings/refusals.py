"""What production never starts with, as rules over plain values so that each one has its test."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

MINIMUM_KEY_LENGTH = 50
MINIMUM_DIFFERENT_CHARACTERS = 16
# Keys of the development settings, of examples and of Django's project template.
KNOWN_KEYS = ("development-only", "test-only", "django-insecure", "change-me", "changeme", "geheim")


def problems(values: Mapping[str, str]) -> list[str]:
    """One German line per reason; empty when production may start. ``values``: the environment."""
    found = [
        *_modes(values),
        *_key("ECM_SECRET_KEY", values.get("ECM_SECRET_KEY", "")),
        *_key("ECM_AUDIT_KEY", values.get("ECM_AUDIT_KEY", "")),
        *_addresses(values),
        *_database(values),
    ]
    secret, audit = values.get("ECM_SECRET_KEY"), values.get("ECM_AUDIT_KEY")
    if secret and secret == audit:
        found.append("ECM_AUDIT_KEY ist derselbe Schlüssel wie ECM_SECRET_KEY.")
    return found


def _modes(values: Mapping[str, str]) -> list[str]:
    found = []
    if _is_on(values, "ECM_DEMO"):
        found.append("ECM_DEMO ist eingeschaltet: Demo-Anmeldungen gibt es im Betrieb nicht.")
    if _is_on(values, "ECM_DEBUG"):
        found.append("ECM_DEBUG ist eingeschaltet: Fehlerseiten würden Inhalte zeigen.")
    return found


def _key(name: str, value: str) -> list[str]:
    if not value:
        return [f"{name} fehlt."]
    if any(known in value.lower() for known in KNOWN_KEYS):
        return [f"{name} ist ein bekannter Beispielschlüssel."]
    if len(value) < MINIMUM_KEY_LENGTH or len(set(value)) < MINIMUM_DIFFERENT_CHARACTERS:
        return [f"{name} ist zu schwach: mindestens {MINIMUM_KEY_LENGTH} zufällige Zeichen."]
    return []


def _addresses(values: Mapping[str, str]) -> list[str]:
    found = []
    hosts = [host.strip() for host in values.get("ECM_HOSTS", "").split(",") if host.strip()]
    if not hosts:
        found.append("ECM_HOSTS fehlt: unter welchem Namen ist die eAkte erreichbar?")
    if "*" in hosts:
        found.append("ECM_HOSTS enthält *: nur die eigenen Namen sind erlaubt.")
    if not values.get("ECM_SITE_ADDRESS", "").startswith("https://"):
        found.append("ECM_SITE_ADDRESS muss mit https:// beginnen.")
    if not values.get("REDIS_URL"):
        found.append("REDIS_URL fehlt.")
    return found


def _database(values: Mapping[str, str]) -> list[str]:
    app, owner = values.get("DATABASE_URL", ""), values.get("DATABASE_OWNER_URL", "")
    if not app:
        return ["DATABASE_URL fehlt."]
    if _is_on(values, "ECM_AS_OWNER"):
        return []
    if owner and _role(app) == _role(owner):
        return [
            "DATABASE_URL und DATABASE_OWNER_URL nennen dieselbe Rolle: "
            "die Anwendung könnte das Protokoll ändern."
        ]
    if _role(app) in ("postgres", "ecm_owner"):
        return [f"DATABASE_URL nennt die Rolle {_role(app)}: gebraucht wird ecm_app."]
    return []


def _role(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _is_on(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "").strip().lower() in {"1", "true", "yes", "on", "ja"}
