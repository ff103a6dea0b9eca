"""Manipulations of the seals and of the anchors, and the chain recomputed without the key."""

import json
from pathlib import Path
from typing import Any

from django.test import override_settings

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.anchors import Anchor
from goettingen_ecm.audit.canonical import FIRST_MAC, Seal
from goettingen_ecm.audit.choices import FindingKind as F
from tests.audit import attacks as rows
from tests.audit.attacks import ENTRY_CHANGES, Attack, Named, World

SEAL_CHANGES = {
    "seq": "seq + 1000000",
    "entry_id": "entry_id + 1000000",
    "txid": "(txid::text::bigint + 1)::text::xid8",
    "sealed_at": "sealed_at + interval '1 microsecond'",
    "month": "(month + interval '1 month')::date",
    "entry_hash": "sha256(entry_hash)",
    "chain_mac": "sha256(chain_mac)",
}
BAD_SEAL = (F.SEAL_CHANGED, F.CHAIN_RECOMPUTED)


def change_seal(world: World) -> list[Named]:
    seal, column = world.rng.choice(world.seals), world.rng.choice(list(SEAL_CHANGES))
    world.run(
        f"UPDATE audit_auditseal SET {column} = {SEAL_CHANGES[column]} WHERE seq = %s", seal["seq"]
    )
    world.allow(F.SEAL_CHANGED, F.ROW_UNSEALED)
    if column == "seq":
        world.allow(F.SEAL_REMOVED, F.TAIL_CUT, F.ANCHOR_REMOVED)
        return [Named((F.SEAL_REMOVED, F.TAIL_CUT), seal["seq"])]
    return [Named((F.SEAL_CHANGED,), seal["seq"])]


def remove_seals(world: World) -> list[Named]:
    gone = world.rng.sample(world.seals, world.rng.randint(1, 5))
    world.run("DELETE FROM audit_auditseal WHERE seq = ANY(%s)", [one["seq"] for one in gone])
    world.allow(F.SEAL_REMOVED, F.TAIL_CUT, F.ROW_UNSEALED)
    return [Named((F.SEAL_REMOVED, F.TAIL_CUT), one["seq"]) for one in gone]


def close_the_gap(world: World) -> list[Named]:
    """Remove a row with its seal and number the later seals down."""
    seal = world.rng.choice(world.seals[:-1])
    world.run("DELETE FROM audit_auditentry WHERE id = %s", seal["entry_id"])
    world.run("DELETE FROM audit_auditseal WHERE seq = %s", seal["seq"])
    world.run("UPDATE audit_auditseal SET seq = -seq WHERE seq > %s", seal["seq"])
    world.run("UPDATE audit_auditseal SET seq = -seq - 1 WHERE seq < 0")
    world.allow(*BAD_SEAL, F.TAIL_CUT, F.ROW_UNSEALED)
    return [Named(BAD_SEAL, seal["seq"]), Named((F.TAIL_CUT,), world.seals[-1]["seq"])]


def recompute_chain(world: World) -> list[Named]:
    """Change or remove a row and recompute everything behind it - with a guessed key."""
    start = world.rng.randint(1, len(world.seals) - 2)
    victim = world.seals[start - 1]
    if world.rng.random() < 0.5:
        column = world.rng.choice(list(ENTRY_CHANGES))
        statement = f"UPDATE audit_auditentry SET {column} = {ENTRY_CHANGES[column]} WHERE id = %s"
        world.run(statement, victim["entry_id"])
        removed = 0
    else:
        world.run("DELETE FROM audit_auditentry WHERE id = %s", victim["entry_id"])
        removed = 1
    _reseal(world, start, removed)
    world.allow(F.CHAIN_RECOMPUTED, F.TAIL_CUT, F.ROW_UNSEALED)
    return [Named((F.CHAIN_RECOMPUTED,), start)]


def _reseal(world: World, start: int, removed: int) -> None:
    previous = FIRST_MAC if start == 1 else bytes(world.seals[start - 2]["chain_mac"])
    world.run("DELETE FROM audit_auditseal WHERE seq >= %s", start)
    left = world.seals[start - 1 + removed :]
    rows_now = _entries_now(world, [seal["entry_id"] for seal in left])
    with override_settings(AUDIT_KEY="guessed by the attacker"):
        for seq, old in enumerate(left, start=start):
            text = rows_now[old["entry_id"]]
            sealed_us = str(canonical.microseconds(old["sealed_at"]))
            month, digest = str(old["month"]), canonical.entry_hash(text)
            seal = Seal(seq, old["entry_id"], str(old["txid"]), sealed_us, month[:7], digest, b"")
            previous = seal.expected_mac(previous)
            values = (seq, seal.entry_id, seal.txid, old["sealed_at"], month, digest, previous)
            world.run("INSERT INTO audit_auditseal VALUES (%s, %s, %s, %s, %s, %s, %s)", *values)


def _entries_now(world: World, numbers: list[int]) -> dict[int, Any]:
    world.cursor.execute(
        f"SELECT {canonical.ENTRY_SELECT} FROM audit_auditentry e WHERE e.id = ANY(%s)", [numbers]
    )
    return {int(row[0]): row for row in world.cursor.fetchall()}


def _anchor_file(world: World) -> Path:
    return next(world.anchors.glob("anchors-*.jsonl"))


def _lines(world: World) -> list[dict[str, Any]]:
    text = _anchor_file(world).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _write(world: World, lines: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    _anchor_file(world).write_text(text, encoding="utf-8")


def _alter(world: World, line: dict[str, Any]) -> None:
    name = world.rng.choice(["written_at", "sealed", "head", "previous", "months", "mac", "kind"])
    new = {
        "written_at": "2026-01-01T00:00:00+00:00",
        "sealed": line["sealed"] - 1,
        "head": "ab" * 32,
        "previous": "cd" * 32,
        "months": {},
        "mac": "ef" * 32,
        "kind": "restore",
    }
    line[name] = new[name]


def change_anchor(world: World) -> list[Named]:
    lines = _lines(world)
    line = world.rng.choice(lines)
    _alter(world, line)
    if world.rng.random() < 0.5:
        with override_settings(AUDIT_KEY="guessed by the attacker"):
            line["mac"] = Anchor(**line).signature()
    _write(world, lines)
    world.allow(F.ANCHOR_CHANGED, F.ANCHOR_REMOVED)
    return [Named((F.ANCHOR_CHANGED,), line["number"])]


def remove_anchors(world: World) -> list[Named]:
    lines = _lines(world)
    first = world.rng.randrange(len(lines))
    last = world.rng.choice([first, len(lines) - 1])
    _write(world, lines[:first] + lines[last + 1 :])
    world.allow(F.ANCHOR_REMOVED)
    return [Named((F.ANCHOR_REMOVED,), line["number"]) for line in lines[first : last + 1]]


def remove_anchor_files_and_register(world: World) -> list[Named]:
    _anchor_file(world).unlink()
    world.run("DELETE FROM audit_auditanchor")
    world.allow(F.ANCHOR_REMOVED)
    return [Named((F.ANCHOR_REMOVED,), world.seals[-1]["seq"])]


def make_anchor_unreadable(world: World) -> list[Named]:
    lines = _anchor_file(world).read_text(encoding="utf-8").splitlines()
    number = world.rng.randrange(len(lines))
    lines[number] = world.rng.choice(["", "{", "[]", lines[number][:-20], '{"number": "x"}'])
    _anchor_file(world).write_text("\n".join(lines) + "\n", encoding="utf-8")
    world.allow(F.ANCHOR_REMOVED)
    return [Named((F.ANCHOR_REMOVED,), number + 1)]


def repeat_anchor(world: World) -> list[Named]:
    lines = _lines(world)
    line = world.rng.choice(lines)
    _write(world, [*lines, line])
    world.allow(F.ANCHOR_CHANGED)
    return [Named((F.ANCHOR_CHANGED,), line["number"])]


def change_register(world: World) -> list[Named]:
    number = world.rng.randint(1, len(_lines(world)))
    changes = ["sealed = sealed - 1", "mac = sha256(mac)", "kind = 'restore'", "written_at = now()"]
    change = world.rng.choice(changes)
    world.run(f"UPDATE audit_auditanchor SET {change} WHERE number = %s", number)
    world.allow(F.ANCHOR_CHANGED)
    return [Named((F.ANCHOR_CHANGED,), number)]


def remove_from_register(world: World) -> list[Named]:
    number = world.rng.randint(1, len(_lines(world)) - 1)
    world.run("DELETE FROM audit_auditanchor WHERE number = %s", number)
    world.allow(F.ANCHOR_REMOVED)
    return [Named((F.ANCHOR_REMOVED,), number)]


# How many of the thousand are of each kind.
ATTACKS: dict[Attack, int] = {
    rows.change_row: 200,
    rows.move_row_to_another_month: 50,
    rows.renumber_row: 40,
    rows.swap_rows: 30,
    rows.remove_rows: 120,
    rows.remove_row_and_seal: 50,
    rows.insert_row: 90,
    rows.insert_row_with_a_number_in_use: 40,
    rows.cut_tail: 70,
    rows.drop_month: 60,
    change_seal: 70,
    remove_seals: 40,
    close_the_gap: 20,
    recompute_chain: 40,
    change_anchor: 25,
    remove_anchors: 15,
    remove_anchor_files_and_register: 5,
    make_anchor_unreadable: 10,
    repeat_anchor: 5,
    change_register: 10,
    remove_from_register: 10,
}
