"""Finds the command and runs it. Imports nothing heavy, for whoever asks for the version only."""

from __future__ import annotations

import os
import sys

from bot.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


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


if __name__ == "__main__":
    sys.exit(main())
