"""What else happens on GitLab: members come and go, accounts are blocked, names change, trains run.

Each changes the forge's state as the vendor does, and sends what the vendor sends.
"""

from __future__ import annotations

from .gitlab_forge import GitLabForge
from .gitlab_state import Pipeline
from .limits import Refusal
from .repository import person
from .state import Pull, Repo


def remove(forge: GitLabForge, repo: Repo) -> None:
    """The bot is a member no more. The project's webhook stays."""
    with forge.world.lock:
        del repo.people[forge.bot]


def add(forge: GitLabForge, repo: Repo) -> None:
    """And is one again."""
    with forge.world.lock:
        repo.people[forge.bot] = "maintain"


def block(forge: GitLabForge, *, is_blocked: bool) -> None:
    """An administrator blocks the bot's account, or lets it go on."""
    with forge.world.lock:
        forge.is_blocked = is_blocked


def rename(forge: GitLabForge, repo: Repo, name: str) -> None:
    """A project gets another path; only a system hook tells of it.

    https://docs.gitlab.com/administration/system_hooks/
    """
    with forge.world.lock:
        before = repo.name
        repo.name = f"{before.rpartition('/')[0]}/{name}"
        forge.world.repos[repo.name] = forge.world.repos.pop(before)
        payload = {
            "event_name": "project_rename",
            "name": name,
            "path": name,
            "project_id": repo.id,
            "path_with_namespace": repo.name,
            "old_path_with_namespace": before,
        }
        forge.hooks.send("System Hook", payload)


def train(forge: GitLabForge, repo: Repo, pull: Pull, login: str) -> Pipeline:
    """A merge request enters the merge train: a commit and a pipeline of the train's own.

    Refused where it could not be merged now
    (https://docs.gitlab.com/ci/pipelines/merge_trains/). Raises ``Refusal``.
    """
    with forge.world.lock:
        problem = forge.merge_problem(repo, pull)
        if problem is not None:
            raise Refusal(400, f"The merge request is not mergeable: {problem}")
        git, base = repo.git, repo.git.head(pull.base)
        tree = git.text("merge-tree", "--write-tree", base, pull.head_sha)
        who = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", login), ("EMAIL", person(login).email))
        }
        parents = ("-p", base, "-p", pull.head_sha)
        made = git.git("commit-tree", tree, *parents, stdin=b"Merge train", extra=who)
        ref = f"refs/merge-requests/{pull.number}/train"
        return forge.run_pipeline(repo, made.decode().strip(), ref, "merge_request_event")
