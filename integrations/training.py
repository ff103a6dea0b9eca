"""The training instance: back to the state of the first morning, as often as wanted.

Only where ECM_TRAINING is set and the database began as Musterstadt: nothing here can empty a
city's eAkte. Logins, sessions, audit and feedback stay.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations.jobs import CHANGED, Result
from goettingen_ecm.operations.models import Job, Operation, OutboxMessage
from goettingen_ecm.operations.refusals import IllegalState
from integrations.demo.desks import VERB
from integrations.demo.seeding import load_demo
from integrations.pipeline.folders import DONE

RESET_JOB = "integrations.training.reset"
# Everything of these apps is made anew; what is not named (audit, sessions, jobs) stays.
EMPTIED = ("accounts", "workflows", "records", "complaints", "integrations", "guardian")
LOCK_TIMEOUT = "20s"

OWN_ROLES = """
SELECT m.user_id, o.code, r.role, m.valid_from, m.valid_until, m.cause
  FROM accounts_membership m
  JOIN accounts_user u ON u.id = m.user_id
  JOIN accounts_unitrole r ON r.id = m.unit_role_id
  JOIN accounts_orgunit o ON o.id = r.unit_id
 WHERE NOT u.is_demo AND NOT u.is_technical
 ORDER BY m.id
"""
IS_DEMO_CITY = """
SELECT EXISTS (SELECT 1 FROM accounts_user WHERE is_demo)
    OR NOT EXISTS (SELECT 1 FROM records_casefile)
"""


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role of somebody who is no demo person: given again where the unit exists again."""

    user_id: int
    unit: str
    role: str
    valid_from: date | None
    valid_until: date | None
    cause: str


def require_training() -> None:
    """Raises IllegalState on an instance that is not for training."""
    if not settings.TRAINING:
        raise IllegalState(
            _("Diese eAkte ist keine Schulungsinstanz: es wurde nichts zurückgesetzt."),
            next_step=_("Zurücksetzen lässt sich nur, was mit ECM_TRAINING=1 läuft."),
        )


def reset_training(operation: Operation) -> list[str]:
    """Empty the instance and load Musterstadt; returns what was done, in German.

    Nothing of the emptied tables may have been read in the caller's transaction. Raises
    IllegalState: no training instance, a database with other files, somebody at work, no right.
    """
    require_training()
    own_roles = _empty()
    _remove_old_deliveries()
    with transaction.atomic():
        _forget_work()
        User.objects.filter(is_demo=True).update(is_active=True)
        done = load_demo(processes=1)
        _give_again(own_roles)
        record([AuditRecord.of(operation, RESET_JOB)])
    return done


def reset_by_job(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    """The job of the button: one object, the instance."""
    assert job.operation is not None  # noqa: S101 - the button starts it with one
    reset_training(job.operation)
    return dict.fromkeys(ids, CHANGED)


def _empty() -> list[OwnRole]:
    """Empty the tables on the owner's connection: the application's role may not."""
    statement = sql.SQL("TRUNCATE {tables}").format(
        tables=sql.SQL(", ").join(map(sql.Identifier, emptied_tables()))
    )
    with _owner() as owner, owner.transaction():
        owner.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'".encode())
        if not _is_demo_city(owner):
            raise IllegalState(
                _("In dieser Datenbank liegen Akten, die nicht aus der Musterstadt sind."),
                next_step=_("Richten Sie die Schulung in einer eigenen, leeren Datenbank ein."),
            )
        own_roles = [OwnRole(*row) for row in owner.execute(OWN_ROLES).fetchall()]
        owner.execute(statement)
    return own_roles


def _is_demo_city(owner: psycopg.Connection[Any]) -> bool:
    row = owner.execute(IS_DEMO_CITY).fetchone()
    return bool(row and row[0])


def emptied_tables() -> list[str]:
    """The tables of a reset, sorted; people and what they log in with are none of them."""
    return sorted({model._meta.db_table for model in _emptied()} | {OutboxMessage._meta.db_table})


def _emptied() -> Iterator[Any]:
    for model in apps.get_models(include_auto_created=True):
        # Of a table Django makes for a many-to-many field, the model that has the field.
        owner: Any = model._meta.auto_created or model
        if model._meta.app_label in EMPTIED and owner is not User:
            yield model


@contextmanager
def _owner() -> Iterator[psycopg.Connection[Any]]:
    url = settings.DATABASE_OWNER_URL or settings.DATABASE_URL
    name = connection.settings_dict["NAME"]
    try:
        with psycopg.connect(url, dbname=name, autocommit=True) as owner:
            yield owner
    except psycopg.errors.LockNotAvailable as error:
        raise IllegalState(
            _("Gerade arbeitet noch jemand oder ein Auftrag: es wurde nichts zurückgesetzt."),
            next_step=_("Versuchen Sie es in einer Minute noch einmal."),
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise IllegalState(
            _("Zum Leeren fehlt die Anmeldung des Eigentümers der Datenbank."),
            next_step=_("Der Betrieb setzt DATABASE_OWNER_URL oder ruft reset_training dort auf."),
        ) from error


def _remove_old_deliveries() -> None:
    """What was put away belongs to rows that are gone; nobody else would ever tidy it."""
    for system in Path(settings.DROP_DIR).glob(f"*/{DONE}"):
        shutil.rmtree(system)


def _forget_work() -> None:
    """Jobs about what is gone, except the one that runs this; the first morning begins anew."""
    Job.objects.exclude(kind=RESET_JOB).delete()
    # The desks are laid out once: what they have left of earlier mornings counts no more.
    for one in Operation.objects.filter(verb__startswith=f"{VERB}."):
        one.verb = f"reset.{one.verb}"[:80]
        one.save(update_fields=["verb"])


def _give_again(own_roles: Sequence[OwnRole]) -> None:
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    people = User.objects.in_bulk([one.user_id for one in own_roles])
    for one in own_roles:
        if one.unit in units:
            accounts.give_role(
                people[one.user_id],
                units[one.unit],
                Role(one.role),
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                cause=one.cause,
            )
