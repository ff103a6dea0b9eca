"""Manipulations by somebody with the owner's rights in PostgreSQL and on the anchor files.

Each returns what verification must name. Nobody here knows the key.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goettingen_ecm.audit.choices import FindingKind as F
from goettingen_ecm.audit.verification.findings import Report

WRONG_KEY = b"guessed by the attacker, not ours"


@dataclass(frozen=True)
class Named:
    """A finding that must be there: of one of these kinds, about this number or month."""

    kinds: tuple[F, ...]
    number: int | None = None
    month: str | None = None

    def is_in(self, report: Report) -> bool:
        return any(
            one.kind in self.kinds
            and (self.number is None or (one.first or 0) <= self.number <= (one.last or -1))
            and (self.month is None or one.month == self.month)
            for one in report.findings
        )


@dataclass
class World:
    """The attacked protocol: its rows as they were, and a copy of the anchor files."""

    cursor: Any
    rng: random.Random
    entries: list[dict[str, Any]]
    seals: list[dict[str, Any]]
    anchors: Path
    allowed: set[F] = field(default_factory=set)

    def run(self, statement: str, *values: Any) -> None:
        self.cursor.execute(statement, values)
        assert self.cursor.rowcount != 0, f"the attack missed: {statement}"

    def seal_of(self, entry: dict[str, Any]) -> dict[str, Any]:
        return next(seal for seal in self.seals if seal["entry_id"] == entry["id"])

    def month_of(self, entry: dict[str, Any]) -> str:
        return str(self.seal_of(entry)["month"])[:7]

    def allow(self, *kinds: F) -> None:
        """Kinds of findings that are a true consequence; any other one is a false accusation."""
        self.allowed.update(kinds)


Attack = Callable[[World], list[Named]]

ENTRY_CHANGES: dict[str, str] = {
    "txid": "(txid::text::bigint + 1)::text::xid8",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "action": "action || 'x'",
    "actor_id": "coalesce(actor_id, 0) + 1",
    "on_behalf_of_id": "CASE WHEN on_behalf_of_id IS NULL THEN 3 END",
    "system": "system || ' '",
    "operation_id": "NULL",
    "object_type": "'records.case_file'",
    "object_id": "object_id + 1",
    "object_uuid": "gen_random_uuid()",
    "fields": "fields || '{}'::text[] || ARRAY['title']",
    "digests": "digests || jsonb_build_object('n', 1.0)",
    "purpose": "purpose || '.'",
    "outcome": "'refused'",
    "session_digest": "coalesce(session_digest, '') || '\\x00'::bytea",
    "channel": "upper(channel)",
}


def change_row(world: World) -> list[Named]:
    entry, column = world.rng.choice(world.entries), world.rng.choice(list(ENTRY_CHANGES))
    statement = f"UPDATE audit_auditentry SET {column} = {ENTRY_CHANGES[column]} WHERE id = %s"
    world.run(statement, entry["id"])
    world.allow(F.ROW_CHANGED)
    return [Named((F.ROW_CHANGED,), entry["id"])]


def move_row_to_another_month(world: World) -> list[Named]:
    entry = world.rng.choice(world.entries)
    statement = "UPDATE audit_auditentry SET recorded_at = recorded_at + %s::interval WHERE id = %s"
    world.run(statement, world.rng.choice(["40 days", "-70 days", "5 years"]), entry["id"])
    world.allow(F.ROW_CHANGED)
    return [Named((F.ROW_CHANGED,), entry["id"])]


def renumber_row(world: World) -> list[Named]:
    entry, new = world.rng.choice(world.entries), world.rng.randint(10**6, 10**9)
    world.run("ALTER TABLE audit_auditentry ALTER id DROP IDENTITY")
    world.run("UPDATE audit_auditentry SET id = %s WHERE id = %s", new, entry["id"])
    world.allow(F.ROW_REMOVED, F.ROW_INSERTED, F.ROW_UNSEALED)
    inserted = Named((F.ROW_INSERTED, F.ROW_UNSEALED), new)
    return [Named((F.ROW_REMOVED,), entry["id"]), inserted]


def swap_rows(world: World) -> list[Named]:
    one, other = world.rng.sample(world.entries, 2)
    statement = (
        "UPDATE audit_auditentry e SET (action, actor_id, operation_id, object_id, digests) ="
        " (SELECT action, actor_id, operation_id, object_id, digests FROM audit_auditentry o"
        "  WHERE o.id = CASE e.id WHEN %s THEN %s ELSE %s END) WHERE e.id IN (%s, %s)"
    )
    numbers = one["id"], other["id"]
    world.run(statement, *numbers, numbers[0], *numbers)
    world.allow(F.ROW_CHANGED)
    return [Named((F.ROW_CHANGED,), number) for number in numbers]


def remove_rows(world: World) -> list[Named]:
    gone = world.rng.sample(world.entries, world.rng.randint(1, 6))
    world.run("DELETE FROM audit_auditentry WHERE id = ANY(%s)", [one["id"] for one in gone])
    world.allow(F.ROW_REMOVED)
    return [Named((F.ROW_REMOVED,), one["id"], world.month_of(one)) for one in gone]


def remove_row_and_seal(world: World) -> list[Named]:
    entry = world.rng.choice(world.entries[:-1])
    seal = world.seal_of(entry)
    world.run("DELETE FROM audit_auditentry WHERE id = %s", entry["id"])
    world.run("DELETE FROM audit_auditseal WHERE seq = %s", seal["seq"])
    world.allow(F.SEAL_REMOVED, F.TAIL_CUT)
    return [Named((F.SEAL_REMOVED, F.TAIL_CUT), seal["seq"])]


def _copy_row(world: World, entry: dict[str, Any], number: int, moment: str, txid: str) -> None:
    rest = ", ".join(name for name in entry if name not in ("id", "txid", "recorded_at"))
    world.run(
        f"INSERT INTO audit_auditentry (id, txid, recorded_at, {rest}) OVERRIDING SYSTEM VALUE"
        f" SELECT %s, {txid}, {moment}, {rest} FROM audit_auditentry WHERE id = %s",
        number,
        entry["id"],
    )


def insert_row(world: World) -> list[Named]:
    entry, number = world.rng.choice(world.entries), world.rng.randint(10**6, 10**9)
    moment = world.rng.choice(["recorded_at", "recorded_at + interval '3 hours'"])
    txid = world.rng.choice(["txid", "'5'::xid8", "'900000000000'::xid8", "pg_current_xact_id()"])
    _copy_row(world, entry, number, moment, txid)
    world.allow(F.ROW_INSERTED, F.ROW_UNSEALED)
    return [Named((F.ROW_INSERTED, F.ROW_UNSEALED), number)]


def insert_row_with_a_number_in_use(world: World) -> list[Named]:
    entry = world.rng.choice(world.entries)
    shift = world.rng.choice(["1 second", "40 days", "-200 days"])
    _copy_row(world, entry, entry["id"], f"recorded_at + interval '{shift}'", "txid")
    world.allow(F.ROW_INSERTED)
    return [Named((F.ROW_INSERTED,), entry["id"])]


def cut_tail(world: World) -> list[Named]:
    kept = world.rng.randint(0, len(world.seals) - 1)
    gone = world.seals[kept:]
    world.run("DELETE FROM audit_auditseal WHERE seq > %s", kept)
    months = set()
    if world.rng.random() < 0.7:
        numbers = [seal["entry_id"] for seal in gone]
        world.run("DELETE FROM audit_auditentry WHERE id = ANY(%s)", numbers)
    months = {str(seal["month"])[:7] for seal in gone}
    months -= {str(seal["month"])[:7] for seal in world.seals[:kept]}
    world.allow(F.TAIL_CUT, F.ROW_UNSEALED, F.MONTH_DROPPED)
    lost = [Named((F.MONTH_DROPPED,), month=month) for month in months]
    return [Named((F.TAIL_CUT,), seal["seq"]) for seal in gone] + lost


def drop_month(world: World) -> list[Named]:
    month = world.month_of(world.rng.choice(world.entries))
    ways = ["rows", "rows"] if month == "2025-12" else ["drop", "detach", "rows"]
    _drop(world, month, world.rng.choice(ways))
    world.allow(F.MONTH_DROPPED)
    if world.rng.random() < 0.5:
        seals = [seal["seq"] for seal in world.seals if str(seal["month"])[:7] == month]
        world.run("DELETE FROM audit_auditseal WHERE seq = ANY(%s)", seals)
        world.allow(F.SEAL_REMOVED, F.TAIL_CUT)
    return [Named((F.MONTH_DROPPED,), month=month)]


def _drop(world: World, month: str, way: str) -> None:
    partition = f"audit_auditentry_{month.replace('-', '_')}"
    if way == "drop":
        world.run(f"DROP TABLE {partition}")
    elif way == "detach":
        world.run(f"ALTER TABLE audit_auditentry DETACH PARTITION {partition}")
    else:
        numbers = [one["id"] for one in world.entries if world.month_of(one) == month]
        world.run("DELETE FROM audit_auditentry WHERE id = ANY(%s)", numbers)
