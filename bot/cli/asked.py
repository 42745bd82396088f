"""What ``check`` and ``fix`` are asked about: the files of a path, and how strict to be.

Judges nothing. Loads as little as it can, for runs whose report is kept from an earlier one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.workspace import Workspace, read
from remediations.frozen import dataclass
from remediations.model import Profile
from remediations.terraform.files import CONFIGURATION

from .options import Unusable, fail_on, profile, repo_config


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that a report depends on, but for its format and for the product itself."""

    workspace: Workspace
    profile: Profile

    @property
    def is_empty(self) -> bool:
        """Whether there is no Terraform at all."""
        return not self.workspace.files and not self.workspace.skipped

    @property
    def as_given(self) -> str:
        """Comes before a path for a person at this terminal."""
        root = self.workspace.root
        return "" if root == Path() else f"{root.as_posix().rstrip('/')}/"

    @property
    def from_here(self) -> str:
        """How files are named by a report that is read at the top of the repository."""
        here, there = Path.cwd(), self.workspace.root.resolve()
        if here == there or not there.is_relative_to(here):
            return ""
        return f"{there.relative_to(here).as_posix()}/"


def asked(options: argparse.Namespace) -> Asked:
    """Read ``options.path`` and the configuration there. Raises ``Unusable``."""
    path = Path(options.path)
    if not path.exists():
        raise Unusable(f"{path} does not exist.")
    if not path.is_dir() and not path.name.endswith(CONFIGURATION):
        raise Unusable(f"{path} is neither a directory nor a .tf file.")
    try:
        workspace = read(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from error
    chosen = repo_config(options, workspace.root).profile(profile(options), fail_on(options))
    return Asked(workspace, chosen)
