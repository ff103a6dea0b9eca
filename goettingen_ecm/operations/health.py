"""Liveness and readiness for supervisors, containers and load balancers.

The answers name states only, no versions, hosts or error texts: the pages need no login.
"""

import os
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

OK, MISSING, LIMITED = "ok", "fehlt", "eingeschränkt"

# Migrations cannot become unapplied while the process lives: asked until they are all there once.
_migrated = False


@login_not_required
@require_safe
@never_cache
def alive(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; looks at nothing else."""
    return JsonResponse({"lebt": True})


@login_not_required
@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503. A lost Redis only slows down: stays 200."""
    states = {name: check() for name, check in CHECKS.items()}
    serving = MISSING not in states.values()
    return JsonResponse({"bereit": serving, **states}, status=200 if serving else 503)


def database_state() -> str:
    """``ok`` when a query is answered."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return MISSING
    return OK


def migration_state() -> str:
    """``ok`` when no migration of the code is missing in the database."""
    global _migrated
    if _migrated:
        return OK
    try:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return MISSING
    return OK if _migrated else MISSING


def storage_state() -> str:
    """``ok`` when the folder of the blobs can be written."""
    folder = Path(settings.BLOB_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return OK if os.access(nearest, os.W_OK | os.X_OK) else MISSING


def cache_state() -> str:
    """``eingeschränkt`` when Redis is away: pages work, imports wait."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.ConnectionError, redis.TimeoutError):
        return LIMITED
    return OK


CHECKS: dict[str, Callable[[], str]] = {
    "datenbank": database_state,
    "migrationen": migration_state,
    "ablage": storage_state,
    "warteschlange": cache_state,
}
