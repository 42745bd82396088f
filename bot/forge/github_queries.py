"""The GraphQL documents the bot sends to GitHub, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_THREADS: Final = """\
        nodes {
          id
          isResolved
          path
          comments(first: 100) {
            nodes { databaseId body viewerDidAuthor }
          }
        }
        pageInfo { endCursor hasNextPage }
"""

OPENING: Final = f"""\
query Opening($owner: String!, $name: String!, $number: Int!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      reviewThreads(first: 100) {{
{_THREADS}      }}
      comments(first: 100) {{
        nodes {{ databaseId body viewerDidAuthor }}
        pageInfo {{ endCursor hasNextPage }}
      }}
    }}
  }}
}}
"""

THREADS: Final = f"""\
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      reviewThreads(first: 100, after: $after) {{
{_THREADS}      }}
    }}
  }}
}}
"""

SEARCH: Final = """\
query Search($wanted: String!, $after: String) {
  search(query: $wanted, type: ISSUE, first: 100, after: $after) {
    nodes {
      ... on PullRequest { number headRefOid repository { nameWithOwner } }
    }
    pageInfo { endCursor hasNextPage }
  }
}
"""

RESOLVE: Final = """\
mutation Resolve($reply: AddPullRequestReviewThreadReplyInput!, $mark: ResolveReviewThreadInput!) {
  addPullRequestReviewThreadReply(input: $reply) { comment { id } }
  resolveReviewThread(input: $mark) { thread { id isResolved } }
}
"""

REOPEN: Final = """\
mutation Reopen($reply: AddPullRequestReviewThreadReplyInput!, $mark: UnresolveReviewThreadInput!) {
  addPullRequestReviewThreadReply(input: $reply) { comment { id } }
  unresolveReviewThread(input: $mark) { thread { id isResolved } }
}
"""

COMMIT: Final = """\
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""


def blobs(oids: Sequence[str]) -> str:
    """Contents of many blobs in one document. Raises ``ValueError`` for what is no object id."""
    for oid in oids:
        if not oid or set(oid) - set("0123456789abcdef"):
            raise ValueError("not an object id")
    fields = "\n".join(
        f'    b{number}: object(oid: "{oid}") '
        "{ ... on Blob { byteSize isBinary isTruncated text } }"
        for number, oid in enumerate(oids)
    )
    return (
        "query Blobs($owner: String!, $name: String!) {\n"
        f"  repository(owner: $owner, name: $name) {{\n{fields}\n  }}\n}}\n"
    )
