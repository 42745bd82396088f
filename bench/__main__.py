"""``make bench``: prints one table a subject."""

from __future__ import annotations

import sys

from bench import parse, review, rules, seen, service, whole


def main() -> int:
    """Run every benchmark."""
    for bench in (parse, rules, review, whole, service, seen):
        for line in bench.table():
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
