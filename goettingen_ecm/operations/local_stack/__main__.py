"""``python -m goettingen_ecm.operations.local_stack exec|servers|stop|env|run|reset-demo``."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from goettingen_ecm.operations.local_stack import launch
from goettingen_ecm.operations.local_stack.problems import StackError
from goettingen_ecm.operations.local_stack.stack import Stack

FORWARDED = (signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is that of CMD, or 1 with one line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except StackError as problem:
        print(f"Fehler: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Abgebrochen.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    execute = verbs.add_parser("exec", help="start the servers, run CMD, stop them again")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    execute.set_defaults(action=_exec)
    for name, action in ACTIONS.items():
        verbs.add_parser(name).set_defaults(action=action)
    return parser


def _exec(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise StackError("Es fehlt der Befehl: exec -- BEFEHL …")
    with Stack(os.environ).in_use() as addresses:
        return _run(command, dict(os.environ) | addresses)


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Ctrl-C reaches CMD through the terminal; other signals are passed on. We wait for its end."""
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        child = subprocess.Popen(command, env=environment)
    except (FileNotFoundError, PermissionError) as error:
        raise StackError(f"{command[0]} lässt sich nicht starten: {error.strerror}.") from error

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in FORWARDED:
        signal.signal(number, forward)
    status = child.wait()
    return 128 - status if status < 0 else status


def _servers(_options: argparse.Namespace) -> int:
    Stack(os.environ).keep()
    return 0


def _stop(_options: argparse.Namespace) -> int:
    stack = Stack(os.environ)
    launch.stop_running(stack.layout)
    stack.stop()
    return 0


def _env(_options: argparse.Namespace) -> int:
    for name, value in Stack(os.environ).addresses().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _run_application(_options: argparse.Namespace) -> int:
    return launch.run()


def _reset_demo(_options: argparse.Namespace) -> int:
    return launch.reset_demo()


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "servers": _servers,
    "stop": _stop,
    "env": _env,
    "run": _run_application,
    "reset-demo": _reset_demo,
}


if __name__ == "__main__":
    sys.exit(main())
