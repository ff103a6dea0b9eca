"""The test suite: real PostgreSQL and Valkey, throw-away folders."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("ECM_DEMO", "1")

from goettingen_ecm.settings.base import *

SECRET_KEY = "test-only-secret-key-of-sufficient-length-for-django"
AUDIT_KEY = os.environ.get("ECM_AUDIT_KEY") or "test-only-audit-key"
DEBUG = False
FAULT_POINTS_ALLOWED = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

# A run's files live apart; subprocesses of the same run find them through the environment.
if "ECM_TEST_RUN_DIR" not in os.environ:
    os.environ["ECM_TEST_RUN_DIR"] = tempfile.mkdtemp(prefix="ecm-test-")
    atexit.register(shutil.rmtree, os.environ["ECM_TEST_RUN_DIR"], ignore_errors=True)
_run_dir = Path(os.environ["ECM_TEST_RUN_DIR"])
BLOB_DIR = _run_dir / "blobs"
PAGE_IMAGE_DIR = _run_dir / "pages"
AUDIT_ANCHOR_DIR = _run_dir / "anchors"
DROP_DIR = _run_dir / "drop"
WEBDAV_SCRATCH_DIR = _run_dir / "webdav"
STATIC_ROOT = _run_dir / "static"
STATIC_ROOT.mkdir(exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
