"""Files of a commit on GitLab: names through REST, contents through GraphQL, many at a time."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Final

from remediations.source import MAX_BYTES

from . import gitlab_queries as queries
from .blob_ids import is_blob
from .errors import Gone, Incomplete
from .gitlab_api import Api, project_path
from .port import Listing, TreeEntry

MAX_ENTRIES: Final = 30_000
"""A listing has 100 entries a request; a repository with more is not read to its end."""
MAX_TOTAL: Final = 50 * 1024 * 1024
_BATCH: Final = 50
_LISTINGS: Final = 8


class Files:
    """Reads of one host. Remembers where a blob was listed, because contents are asked for so."""

    def __init__(self, api: Api, cache: MutableMapping[str, bytes]) -> None:
        self._api = api
        self._cache = cache
        self._listed: OrderedDict[tuple[str, str], Listing] = OrderedDict()

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob and submodule of a commit. Sizes are not known there, so they are 0."""
        key = repository, commit
        listing = self._listed.get(key)
        if listing is None:
            listing = self._listed[key] = self._list(repository, commit)
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


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
