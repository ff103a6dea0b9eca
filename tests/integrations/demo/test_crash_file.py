"""The crash fault: a small file that really ends the process which opens it without bounds."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.demo.faults import Fault, spoil
from integrations.demo.rendering import PdfFile

OPENING = """
import resource, sys
import pypdfium2
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
pypdfium2.PdfDocument(sys.argv[1])[0].get_textpage()
"""


@pytest.mark.faults
def test_a_reader_with_bounded_memory_dies_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    file = spoil(Fault.CRASH, PdfFile(path, b"", 0))
    assert file.size == path.stat().st_size < 64_000
    done = subprocess.run([sys.executable, "-c", OPENING, str(path)], capture_output=True)
    assert done.returncode in (-signal.SIGABRT, -signal.SIGSEGV)
