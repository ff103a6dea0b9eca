"""Run by the system's Python beside LibreOffice: opens an address, writes a line, stores, closes.

Arguments: program, folder for its profile, address, text. Not imported by any test.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

PIPE = "ecm-webdav-test"


def main() -> None:
    program, folder, address, text = sys.argv[1:]
    profile = Path(folder).as_uri()
    office = subprocess.Popen(
        [
            program,
            "--headless",
            "--norestore",
            "--nologo",
            f"-env:UserInstallation={profile}",
            f"--accept=pipe,name={PIPE};urp",
        ],
        start_new_session=True,
    )
    try:
        desktop = connect()
        hidden = PropertyValue(Name="Hidden", Value=True)
        document = desktop.loadComponentFromURL(address, "_blank", 0, (hidden,))
        document.Text.insertString(document.Text.getStart(), text, False)
        document.store()
        document.Text.insertString(document.Text.getStart(), "Zweitens: ", False)
        document.store()
        document.close(True)
        desktop.terminate()
        office.wait(timeout=20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)


def connect() -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    end = time.monotonic() + 40
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={PIPE};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")


main()
