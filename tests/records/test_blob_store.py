"""Bytes are never lost and never removed while anybody refers to them (architecture.md §4)."""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.transaction import TransactionManagementError

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from integrations.demo import city as demo_city
from integrations.models import DeliveredFile, Delivery, DeliveryItem
from records import blob_store
from records.blob_store import Staged, StoreFull, path_of, stage, stage_chunks
from records.choices import BlobState, BlobStorage, ComponentKind, Direction
from records.models import Blob, Component, DocumentVersion, SpecialistSystem
from records.services import blobs
from records.services.actor import Actor
from records.services.case_files import NewCaseFile, open_case_files
from records.services.documents import NewComponent, NewDocument, NewVersion, file_documents
from records.services.matters import NewMatter, open_matters
from tests.access import world as w

OLD = timedelta(hours=25)


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "BLOB_DIR", tmp_path / "blobs")
    return tmp_path / "blobs"


def put(data: bytes) -> Blob:
    """Store a content in a transaction of its own."""
    with transaction.atomic():
        staged = stage_chunks([data])
        return blobs.store_staged([staged])[staged.sha256]


def age(*aged: Blob) -> None:
    Blob.objects.filter(pk__in=[b.pk for b in aged]).update(created_at=clock.now() - OLD)


def on_disk(blob: Blob) -> bool:
    return path_of(bytes(blob.sha256)).exists()


def refer_by_component(blob: Blob) -> None:
    actor = Actor(begin("test", Acting()))
    wanted = NewCaseFile(w.entry("63.10"), w.unit("63.1"), "Akte")
    [matter] = open_matters(
        [NewMatter(f, "Vorgang") for f in open_case_files([wanted], actor)], actor
    )
    content = NewVersion([NewComponent(ComponentKind.MAIN, blob, "a.pdf")])
    file_documents([NewDocument(matter, "Brief", Direction.INCOMING, content)], actor)


def refer_by_delivery(blob: Blob) -> None:
    now = clock.now()
    delivery = Delivery.objects.create(
        system=SpecialistSystem.objects.get(code="openprosoz"),
        name="nacht",
        folder="nacht",
        received_at=now,
    )
    item = DeliveryItem.objects.create(delivery=delivery, position=1, updated_at=now)
    DeliveredFile.objects.create(item=item, blob=blob, file_name="a.pdf")


class TestStaging:
    @pytest.mark.parametrize("size", [0, 1, blob_store.CHUNK, blob_store.CHUNK + 1])
    def test_hash_and_size_of_what_was_copied(self, tmp_path: Path, size: int) -> None:
        source = tmp_path / "source"
        source.write_bytes(os.urandom(size))
        staged = stage(source)
        assert staged.sha256 == hashlib.sha256(source.read_bytes()).digest()
        assert (staged.size, staged.path.read_bytes()) == (size, source.read_bytes())

    def test_a_missing_source_leaves_nothing_behind(self, own_store: Path, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            stage(tmp_path / "fehlt")
        assert not list(own_store.rglob("*")) or not list((own_store / "tmp").iterdir())

    def test_a_source_that_breaks_off_leaves_nothing_behind(self, own_store: Path) -> None:
        def breaking() -> Iterator[bytes]:
            yield b"abc"
            raise OSError(5, "Input/output error")

        with pytest.raises(OSError, match="Input/output"):
            stage_chunks(breaking())
        assert not list((own_store / "tmp").iterdir())

    def test_a_full_disk_is_said_before_anything_is_written(
        self, own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"abc")
        monkeypatch.setattr(blob_store, "FREE_BYTES_KEPT", 2**62)
        with pytest.raises(StoreFull):
            stage(source)
        assert not (own_store / "tmp").exists()

    def test_temporary_files_of_crashed_processes_are_removed_after_a_day(
        self, own_store: Path
    ) -> None:
        young, stale = stage_chunks([b"jung"]), stage_chunks([b"alt"])
        before = (clock.now() - OLD).timestamp()
        os.utime(stale.path, (before, before))
        assert blob_store.remove_stale_temporaries(blobs.GRACE) == 1
        assert young.path.exists()
        assert not stale.path.exists()


class TestStoring:
    def test_one_content_is_one_row_and_one_file(self, db: None) -> None:
        first, second = put(b"gleich"), put(b"gleich")
        assert first.pk == second.pk
        assert path_of(bytes(first.sha256)).read_bytes() == b"gleich"
        assert Blob.objects.count() == 1

    def test_one_batch_may_hold_a_content_twice(self, db: None, own_store: Path) -> None:
        staged = [stage_chunks([b"doppelt"]) for _ in range(3)]
        stored = blobs.store_staged(staged)
        assert len(stored) == 1
        assert not list((own_store / "tmp").iterdir())

    def test_it_must_happen_in_the_transaction_of_the_reference(self, committed_db: str) -> None:
        with pytest.raises(TransactionManagementError):
            blobs.store_staged([stage_chunks([b"abc"])])

    def test_a_small_content_lies_in_the_database(self, db: None) -> None:
        [blob] = blobs.store_small([b'{"a": 1}']).values()
        assert (blob.storage, blobs.read_small(blob)) == (BlobStorage.DATABASE, b'{"a": 1}')
        assert not on_disk(blob)

    def test_a_content_that_came_small_is_not_stored_twice(self, db: None, own_store: Path) -> None:
        [small] = blobs.store_small([b"<index/>"]).values()
        assert put(b"<index/>").pk == small.pk
        assert not on_disk(small)
        assert not list((own_store / "tmp").iterdir())

    def test_a_content_that_came_as_a_file_is_readable_as_small(self, db: None) -> None:
        blob = put(b"<index/>")
        [again] = blobs.store_small([b"<index/>"]).values()
        assert again.pk == blob.pk
        assert blobs.read_small(again) == b"<index/>"

    def test_a_truncated_file_is_replaced_by_the_whole_one(self, db: None) -> None:
        """A file under the right name with the wrong length cannot be the content."""
        blob = put(b"ganzer Inhalt")
        path_of(bytes(blob.sha256)).write_bytes(b"ganz")
        put(b"ganzer Inhalt")
        assert path_of(bytes(blob.sha256)).read_bytes() == b"ganzer Inhalt"

    def test_two_at_once(self, committed_db: str) -> None:
        """Same content, two threads with connections of their own, many times."""
        barrier = threading.Barrier(2)

        def store(round_number: int) -> int:
            try:
                barrier.wait(30)
                return put(b"zugleich %d" % round_number).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            for number in range(10):
                ids = set(pool.map(store, [number, number]))
                assert len(ids) == 1
        assert Blob.objects.count() == 10
        assert all(on_disk(blob) for blob in Blob.objects.all())


class TestCrash:
    def test_between_rename_and_row_the_next_delivery_finds_the_content(self, db: None) -> None:
        crash_after_rename(b"Bescheid")
        assert not Blob.objects.exists()
        blob = put(b"Bescheid")
        assert path_of(bytes(blob.sha256)).read_bytes() == b"Bescheid"

    def test_a_file_without_a_row_is_adopted_and_then_collected(self, db: None) -> None:
        staged = crash_after_rename(b"Waise")
        prefix = staged.sha256.hex()[:2]
        assert blobs.adopt_orphans(prefix) == 0
        before = (clock.now() - OLD).timestamp()
        os.utime(path_of(staged.sha256), (before, before))
        assert blobs.adopt_orphans(prefix) == 1
        assert blobs.adopt_orphans(prefix) == 0
        assert blobs.collect_unreferenced() == 1
        assert not path_of(staged.sha256).exists()

    def test_a_week_of_sweeps_looks_at_every_folder(self, db: None) -> None:
        before = (clock.now() - OLD).timestamp()
        staged = [crash_after_rename(b"Waise %d" % n) for n in range(40)]
        for one in staged:
            os.utime(path_of(one.sha256), (before, before))
        assert sum(blobs.sweep_store(turn) for turn in range(blobs.SWEEP_TURNS)) == 40

    def test_between_mark_and_removal_the_content_comes_back_whole(self, db: None) -> None:
        blob = put(b"Bescheid")
        Blob.objects.filter(pk=blob.pk).update(state=BlobState.DELETING)
        path_of(bytes(blob.sha256)).unlink()
        again = put(b"Bescheid")
        assert (again.pk, again.state) == (blob.pk, BlobState.STORED)
        assert Blob.objects.get(pk=blob.pk).state == BlobState.STORED
        assert on_disk(again)

    def test_a_mark_left_by_a_crash_is_collected_next_time(self, db: None) -> None:
        blob = put(b"Rest")
        age(blob)
        Blob.objects.filter(pk=blob.pk).update(state=BlobState.DELETING)
        assert blobs.collect_unreferenced() == 1
        assert not on_disk(blob)


def crash_after_rename(data: bytes) -> Staged:
    """The files are durable, the process dies before the row is committed."""
    staged = stage_chunks([data])
    blob_store.commit([staged])
    return staged


class TestCollector:
    def test_only_old_and_unreferenced_contents_go(self, city: None) -> None:
        young, old, filed, delivered = (put(d) for d in (b"jung", b"alt", b"Akte", b"Lieferung"))
        refer_by_component(filed)
        refer_by_delivery(delivered)
        age(old, filed, delivered)
        assert blobs.collect_unreferenced() == 1
        assert set(Blob.objects.values_list("pk", flat=True)) == {young.pk, filed.pk, delivered.pk}
        assert [on_disk(b) for b in (young, old, filed, delivered)] == [True, False, True, True]
        assert not Blob.objects.filter(state=BlobState.DELETING).exists()

    def test_the_last_second_of_grace_still_counts(self, db: None) -> None:
        blob = put(b"Grenze")
        with clock.fixed(blob.created_at + blobs.GRACE):
            assert blobs.collect_unreferenced() == 0
        with clock.fixed(blob.created_at + blobs.GRACE + timedelta(seconds=1)):
            assert blobs.collect_unreferenced() == 1

    def test_small_contents_go_too(self, db: None) -> None:
        [blob] = blobs.store_small([b"{}"]).values()
        age(blob)
        assert blobs.collect_unreferenced() == 1
        assert not Blob.objects.exists()

    def test_every_relation_to_blobs_is_asked(self) -> None:
        """Whatever model of whatever app points at a blob keeps it; a new one does so by itself."""
        pointing = {
            (model, field.attname)
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model is Blob
        }
        # What was read or made from a content goes with it and never keeps it.
        belonging = {
            p
            for p in pointing
            if (p[0]._meta.label, p[1])
            in {
                ("records.BlobContent", "blob_id"),
                ("records.Rendition", "source_id"),
                ("records.SignatureReport", "blob_id"),
            }
        }
        assert len(belonging) == 3
        assert set(blobs._references()) == pointing - belonging
        assert {(Component, "blob_id"), (DeliveredFile, "blob_id")} <= pointing

    def test_a_content_used_again_while_collecting_stays(self, committed_db: str) -> None:
        """A transaction holds the row (its reference is not committed yet): it is passed over."""
        blob = put(b"wieder gebraucht")
        age(blob)
        holding, collected = threading.Event(), threading.Event()

        def use_again() -> None:
            try:
                with transaction.atomic():
                    put(b"wieder gebraucht")
                    holding.set()
                    assert collected.wait(30)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            using = pool.submit(use_again)
            assert holding.wait(30)
            assert blobs.collect_unreferenced() == 0
            collected.set()
            using.result(30)
        assert on_disk(blob)
        assert Blob.objects.get(pk=blob.pk).state == BlobState.STORED

    def test_a_reference_between_mark_and_removal_saves_the_content(
        self, committed_db: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A component is committed after the mark: the second step asks again."""
        demo_city.build_city()
        blob = put(b"im letzten Augenblick")
        age(blob)
        lock = blobs._lock
        calls: list[int] = []

        def refer_before_second_step(candidates: "models.QuerySet[Blob]") -> list[int]:
            calls.append(1)
            if len(calls) == 2:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(self._refer, blob).result(30)
            return lock(candidates)

        monkeypatch.setattr(blobs, "_lock", refer_before_second_step)
        assert blobs.collect_unreferenced() == 0
        assert on_disk(blob)
        assert Blob.objects.get(pk=blob.pk).state == BlobState.STORED
        assert DocumentVersion.objects.count() == 1

    @staticmethod
    def _refer(blob: Blob) -> None:
        try:
            refer_by_component(blob)
        finally:
            connection.close()

    def test_a_store_waiting_for_the_collector_gets_a_new_row(self, committed_db: str) -> None:
        """The row vanishes while another transaction waits for it: no KeyError, no lost file."""
        blob = put(b"gerade geloescht")
        deleting, waiting = threading.Event(), threading.Event()

        def delete_slowly() -> None:
            try:
                with transaction.atomic():
                    Blob.objects.filter(pk=blob.pk).delete()
                    path_of(bytes(blob.sha256)).unlink()
                    deleting.set()
                    waiting.wait(1)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            removing = pool.submit(delete_slowly)
            assert deleting.wait(30)
            again = put(b"gerade geloescht")
            removing.result(30)
        assert again.pk != blob.pk
        assert on_disk(again)

    def test_a_row_deleted_between_insert_and_lock_is_made_again(
        self, committed_db: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blob = put(b"dazwischen")
        age(blob)
        insert = blobs._insert
        calls: list[int] = []

        def collect() -> int:
            try:
                return blobs.collect_unreferenced()
            finally:
                connection.close()

        def insert_then_collect(sizes: Mapping[bytes, int], storage: BlobStorage) -> None:
            insert(sizes, storage)
            calls.append(1)
            if len(calls) == 1:
                with ThreadPoolExecutor(1) as pool:
                    assert pool.submit(collect).result(30) == 1

        monkeypatch.setattr(blobs, "_insert", insert_then_collect)
        again = put(b"dazwischen")
        assert (len(calls), again.pk != blob.pk) == (2, True)
        assert on_disk(again)

    def test_collector_and_deliveries_race_without_losing_a_file(self, committed_db: str) -> None:
        """Many rounds of storing and referring against a collector that never sleeps."""
        demo_city.build_city()
        ready = [put(b"Rennen %d" % n) for n in range(12)]
        age(*ready)
        stop = threading.Event()

        def collect() -> None:
            try:
                while not stop.is_set():
                    blobs.collect_unreferenced()
            finally:
                connection.close()

        def refer() -> list[int]:
            try:
                kept = []
                for number in range(12):
                    with transaction.atomic():
                        blob = put(b"Rennen %d" % number)
                        age(blob)
                        refer_by_component(blob)
                    kept.append(blob.pk)
                return kept
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            collecting = pool.submit(collect)
            kept = pool.submit(refer).result(120)
            stop.set()
            collecting.result(60)
        blobs.collect_unreferenced()
        stored = Blob.objects.in_bulk(kept)
        assert len(stored) == 12
        assert all(on_disk(blob) and blob.state == BlobState.STORED for blob in stored.values())
