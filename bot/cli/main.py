"""Finds the command and runs it. Imports nothing heavy, for whoever asks for the version only."""

from __future__ import annotations

import os
import sys

from bot.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        sys.stdout.write(f"lockstitch {__version__}\n")
        return 0
    if len(given) == 2 and given[0] == "check" and not given[1].startswith("-"):
        from .nothing import SAID, holds_nothing

        if holds_nothing(given[1]):
            sys.stdout.write(SAID)
            return 0
    from .parser import COMMANDS, build

    named = next((word for word in given if word in COMMANDS), None)
    options = build(named).parse_args(given)
    import io

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A report says odd characters in escapes where the terminal has no letters for them.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has seen enough (`| head`); what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code


def process() -> NoReturn:
    """``main``, and the end of its process. A check's does not tidy up first.

    Python would take its objects apart one by one, which is a tenth of a long check, and the
    system takes back the memory anyway. All that a check writes is written by then: what cannot
    be flushed is left to the ordinary end, which says so.
    """
    code = main()
    if sys.argv[1:2] == ["check"] and _is_flushed():
        os._exit(code)
    _let_go_of_words()
    sys.exit(code)


def _let_go_of_words() -> None:
    """What a full log has no room for goes nowhere: it is no failure of what was asked for."""
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    except (AttributeError, ValueError):  # there may be no such stream
        return


def _is_flushed() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # there may be no such stream, or a full disk
        return False
    return True


if __name__ == "__main__":
    process()
