"""What GitHub holds of a change: its diff, the trees of its commits, and contents by blob id.

Whatever follows from commit ids alone is asked once, however often it is needed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Final

from . import github_queries as queries
from .blob_ids import is_blob
from .errors import Incomplete, Unreachable
from .github_api import Api
from .kept import Kept, Recent
from .port import ChangedFile, FileStatus, Listing, PullRequest, TreeEntry

MAX_FILES: Final = 3000
_COMPARED: Final = 300
"""A comparison lists so many files: https://docs.github.com/rest/commits/commits#compare-two-commits"""
_BATCH_BLOBS: Final = 350
_MOST_SIZES: Final = 50_000
_BATCH_BYTES: Final = 2_000_000
"""A query has ten seconds at most; one that takes longer is tried again in halves."""
_SMALLEST_BATCH: Final = 20
_USUAL_SIZE: Final = 4_000
_STATUSES: Final = {
    "added": FileStatus.ADDED,
    "copied": FileStatus.ADDED,
    "removed": FileStatus.REMOVED,
    "renamed": FileStatus.RENAMED,
}


class Files:
    """Reads of one repository. ``blobs`` are kept by object id, ``kept`` by path."""

    def __init__(self, api: Api, blobs: MutableMapping[str, bytes], kept: Kept) -> None:
        self._api, self._blobs, self._kept = api, blobs, kept
        self._root = f"/repos/{api.repository}"
        self._sizes: dict[str, int] = {}
        self._counts = Recent(256)

    def note_count(self, head_sha: str, count: int) -> None:
        """How many files a pull request changes, as GitHub counts them."""
        self._counts[head_sha] = count

    def merge_base(self, pull: PullRequest) -> str:
        """The commit the diff is taken against."""
        return str(self._compared(pull)["merge_base_commit"])

    def changed(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff. Raises ``Incomplete`` past the 3,000 files that GitHub lists.

        A comparison tells it whole where it is not too long, together with the merge base.
        """
        found = self._compared(pull)["files"]
        if len(found) > _COMPARED or len(found) != self._counts.get(pull.head_sha):
            path = f"{self._root}/pulls/{pull.ref.number}/files"
            found = tuple(map(_changed, self._api.pages(path, limit=MAX_FILES)))
        if len(found) >= MAX_FILES:
            raise Incomplete(f"The pull request changes {MAX_FILES} files or more.")
        return tuple(found)

    def _compared(self, pull: PullRequest) -> Mapping[str, Any]:
        path = f"{self._root}/compare/{pull.base_sha}...{pull.head_sha}?per_page=1"
        compared: Mapping[str, Any] | None = self._kept.get(path)
        if compared is None:
            answer = self._api.get(path)
            compared = self._kept[path] = {
                "merge_base_commit": answer["merge_base_commit"]["sha"],
                "files": tuple(map(_changed, answer.get("files") or ())),
            }
        return compared

    def listed(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit."""
        path = f"/repos/{repository}/git/trees/{commit}?recursive=1"
        listing: Listing | None = self._kept.get(path)
        if listing is None:
            answer = self._api.get(path)
            entries = tuple(
                TreeEntry(one["path"], one["mode"], one["sha"], one.get("size", 0))
                for one in answer["tree"]
                if one["type"] != "tree"
            )
            listing = self._kept[path] = Listing(entries, is_complete=not answer["truncated"])
        if len(self._sizes) > _MOST_SIZES:
            self._sizes = {}
        self._sizes.update((entry.oid, entry.size) for entry in listing.entries)
        return listing

    def blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by object id, many in one request. A missing or binary blob is absent."""
        wanted = list(dict.fromkeys(oids))
        found = {oid: data for oid in wanted if (data := self._blobs.get(oid)) is not None}
        for batch in self._batches(oid for oid in wanted if oid not in found):
            read = dict(self._read(repository, batch))
            self._blobs.update(read)
            found |= read
        return found

    def _batches(self, oids: Iterable[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        room, sizes = _BATCH_BYTES, self._sizes
        for oid in oids:
            size = sizes.get(oid, _USUAL_SIZE)
            if batch and (len(batch) == _BATCH_BLOBS or size > room):
                yield batch
                batch, room = [], _BATCH_BYTES
            batch.append(oid)
            room -= size
        if batch:
            yield batch

    def _read(self, repository: str, oids: list[str]) -> Iterator[tuple[str, bytes]]:
        variables = dict(zip(("owner", "name"), repository.split("/"), strict=True))
        try:
            found = self._api.graphql(queries.blobs(oids), variables)["repository"] or {}
        except Unreachable:
            if len(oids) < _SMALLEST_BATCH:
                raise
            middle = len(oids) // 2
            yield from self._read(repository, oids[:middle])
            yield from self._read(repository, oids[middle:])
            return
        for number, oid in enumerate(oids):
            blob = found.get(f"b{number}")
            if not blob or blob["isBinary"]:
                continue
            data = (blob["text"] or "").encode()
            # GraphQL answers in text: a BOM or a stray byte may be lost on the way.
            if blob["isTruncated"] or not is_blob(oid, data):
                answer = self._api.get(f"/repos/{repository}/git/blobs/{oid}")
                data = base64.b64decode(answer["content"])
            yield oid, data


def _changed(one: Mapping[str, Any]) -> ChangedFile:
    return ChangedFile(
        one["filename"],
        one.get("previous_filename"),
        _STATUSES.get(one["status"], FileStatus.MODIFIED),
        one.get("patch"),
    )
