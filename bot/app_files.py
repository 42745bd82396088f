"""The files that hold what GitHub shows once: an App's id, private key and webhook secret.

Only their owner may read them, from the first byte on. Nothing that is there is written over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ID_FILE: Final = "app-id"
KEY_FILE: Final = "private-key.pem"
HOOK_FILE: Final = "webhook-secret"
_NAMES: Final = (ID_FILE, KEY_FILE, HOOK_FILE)


class FilesThere(Exception):
    """A file is there already; the message names it."""


@dataclass(frozen=True, slots=True)
class AppFiles:
    """The three files of one App."""

    directory: Path

    def reserve(self) -> None:
        """Make them, empty, so that what comes later can be kept. Raises ``FilesThere`` and
        ``OSError``.
        """
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        made: list[Path] = []
        try:
            for name in _NAMES:
                path = self.directory / name
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                made.append(path)
        except FileExistsError as error:
            self._take_back(made)
            raise FilesThere(f"{path} is there already, and holds an App's only copy.") from error

    def release(self) -> None:
        """Nothing came: take the empty files away again."""
        self._take_back(self.directory / name for name in _NAMES)

    def write(self, app_id: int, private_key: str, webhook_secret: str) -> None:
        """Fill them, on the disk once this returns."""
        for name, text in zip(_NAMES, (str(app_id), private_key, webhook_secret), strict=True):
            with (self.directory / name).open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())

    @staticmethod
    def _take_back(paths: Iterable[Path]) -> None:
        for path in paths:
            if path.exists() and not path.stat().st_size:
                path.unlink()
