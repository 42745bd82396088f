"""Files of a commit on GitLab: names through REST, contents through GraphQL, many at a time."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, MutableMapping
from typing import Any, Final

from remediations.source import MAX_BYTES

from . import gitlab_queries as queries
from .blob_ids import is_blob
from .errors import Gone, Incomplete
from .gitlab_api import Api, project_path
from .port import ChangedFile, FileStatus, Listing, TreeEntry

MAX_ENTRIES: Final = 100_000
"""As many as GitHub lists. A page has 100, and one goes on from the last one's token, so GitLab
itself knows no end (https://docs.gitlab.com/api/repositories/#list-repository-tree)."""
MAX_TOTAL: Final = 50 * 1024 * 1024
_BATCH: Final = 50
_LISTINGS: Final = 8
_FEW: Final = 300
"""Entries that are asked for as soon as they are worked out."""
_MODES: Final = ("100644", "100755", "120000")


class Files:
    """Reads of one host. Remembers where a blob was listed, because contents are asked for so."""

    def __init__(self, api: Api, cache: MutableMapping[str, bytes]) -> None:
        self._api = api
        self._cache = cache
        self._listed: OrderedDict[tuple[str, str], Listing] = OrderedDict()

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob and submodule of a commit. Sizes are not known there, so they are 0."""
        listing = self._listed.get((repository, commit))
        if listing is None:
            listing = self._keep(repository, commit, self._list(repository, commit))
        return listing

    def list_head(
        self, repository: str, base: str, head: str, changed: Collection[ChangedFile]
    ) -> Listing:
        """The same of a merge request's head: the base's, and what the diff puts in its place.

        The base is listed anyway, and most often from before; so a large repository is not listed
        again for every push. Where anything is odd the head is listed like any other commit.
        """
        if (repository, head) not in self._listed:
            known = self.list_files(repository, base)
            if known.is_complete and len(known.entries) > max(_FEW, len(changed)):
                made = self._replaced(repository, head, known, changed)
                if made is not None:
                    return self._keep(repository, head, made)
        return self.list_files(repository, head)

    def _replaced(
        self, repository: str, head: str, known: Listing, changed: Collection[ChangedFile]
    ) -> Listing | None:
        gone = {path for one in changed for path in (one.path, one.previous_path)}
        wanted = [one.path for one in changed if one.status is not FileStatus.REMOVED]
        found = {
            node["path"]: TreeEntry(node["path"], str(node["mode"]), node["oid"], 0)
            for batch in _batches(wanted)
            for node in self._nodes(queries.ENTRIES, repository, head, batch)
        }
        is_odd = set(found) != set(wanted) or any(e.mode not in _MODES for e in found.values())
        if is_odd:
            return None
        entries = [entry for entry in known.entries if entry.path not in gone]
        return Listing(tuple(sorted([*entries, *found.values()], key=_in_order)), is_complete=True)

    def _keep(self, repository: str, commit: str, listing: Listing) -> Listing:
        self._listed[repository, commit] = listing
        while len(self._listed) > _LISTINGS:
            self._listed.popitem(last=False)
        return listing

    def _list(self, repository: str, commit: str) -> Listing:
        path = f"{project_path(repository)}/repository/tree"
        found = self._api.keyset(path, limit=MAX_ENTRIES, ref=commit, recursive="true")
        seen, entries = 0, []
        for one in found:
            seen += 1
            if one["type"] != "tree":
                entries.append(TreeEntry(one["path"], one["mode"], one["id"], 0))
        return Listing(tuple(entries), is_complete=seen < MAX_ENTRIES)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> dict[str, bytes]:
        """Contents by object id. Raises ``Incomplete`` where they are more than one run may read.

        Sizes are asked for first: what is too large to be looked at never travels.
        """
        wanted = list(dict.fromkeys(oids))
        missing = [oid for oid in wanted if oid not in self._cache]
        small = self._small(repository, self._places(repository, missing))
        for commit, paths in small.items():
            for batch in _batches(list(paths)):
                chosen = {path: paths[path] for path in batch}
                self._cache.update(self._read_batch(repository, commit, chosen))
        return {oid: self._cache[oid] for oid in wanted if oid in self._cache}

    def _places(self, repository: str, oids: Iterable[str]) -> dict[str, dict[str, str]]:
        """A commit and a path for each blob: ids by path, by commit."""
        left = set(oids)
        places: dict[str, dict[str, str]] = {}
        for (listed, commit), listing in reversed(list(self._listed.items())):
            if listed != repository:
                continue
            for entry in listing.entries:
                if entry.oid in left:
                    left.discard(entry.oid)
                    places.setdefault(commit, {})[entry.path] = entry.oid
        return places

    def _small(
        self, repository: str, places: dict[str, dict[str, str]]
    ) -> dict[str, dict[str, str]]:
        total, small = 0, dict[str, dict[str, str]]()
        for commit, paths in places.items():
            for batch in _batches(list(paths)):
                for node in self._nodes(queries.SIZES, repository, commit, batch):
                    size = int(node["size"] or 0)
                    if size <= MAX_BYTES and node["path"] in paths:
                        total += size
                        small.setdefault(commit, {})[node["path"]] = paths[node["path"]]
        if total > MAX_TOTAL:
            raise Incomplete(f"There are {total // 1024} KB to read, more than one run may.")
        return small

    def _read_batch(
        self, repository: str, commit: str, paths: dict[str, str]
    ) -> Iterator[tuple[str, bytes]]:
        for node in self._nodes(queries.BLOBS, repository, commit, list(paths)):
            oid, text = paths.get(node["path"]), node["rawTextBlob"]
            if oid is None:
                continue
            data = (text or "").encode()
            # GraphQL answers in text: a BOM or a stray byte may be lost on the way.
            if text is None or not is_blob(oid, data):
                path = f"{project_path(repository)}/repository/blobs/{oid}"
                data = base64.b64decode(self._api.get(path)["content"])
            if b"\0" not in data[:8000]:
                yield oid, data

    def _nodes(
        self, query: str, repository: str, commit: str, paths: list[str]
    ) -> list[dict[str, Any]]:
        variables = {"project": repository, "ref": commit, "paths": paths}
        project = self._api.graphql(query, variables)["project"]
        if project is None:
            raise Gone("GitLab knows no such project, or does not show it to this token.")
        blobs = (project["repository"] or {}).get("blobs") or {}
        return list(blobs.get("nodes") or ())


def _in_order(entry: TreeEntry) -> bytes:
    """As git lists them."""
    return entry.path.encode(errors="surrogateescape")


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
