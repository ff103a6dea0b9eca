"""Confines itself, then becomes LibreOffice: ``python -m records.content.office_child ORDER``.

ORDER is a JSON object: ``folder`` (the only place that may be written), ``readable`` (program
folders), ``command``, ``limits``, ``die_with`` (the parent's process id). Imports no Django.
"""

import json
import os
import sys
from pathlib import Path

from records.content.confinement import die_with_parent
from records.content.office_confinement import OfficeLimits, confine
from records.content.standing_back import give_session_own_niceness


def run() -> None:
    """Never returns: the process is LibreOffice afterwards, or ends with status 2."""
    order = json.loads(sys.argv[1])
    folder = Path(order["folder"])
    die_with_parent(int(order["die_with"]))
    give_session_own_niceness()
    os.chdir(folder)
    confine(folder, [Path(path) for path in order["readable"]], OfficeLimits(**order["limits"]))
    die_with_parent(int(order["die_with"]))
    # Nothing of the worker's environment: it holds keys and addresses.
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }
    os.execve(order["command"][0], order["command"], environment)  # noqa: S606 - no shell


if __name__ == "__main__":
    run()
