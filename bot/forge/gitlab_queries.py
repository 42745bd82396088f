"""The GraphQL documents the bot sends to GitLab, word for word."""

from __future__ import annotations

from typing import Final

SIZES: Final = """\
query Sizes($project: ID!, $ref: String!, $paths: [String!]!) {
  project(fullPath: $project) {
    repository {
      blobs(ref: $ref, paths: $paths) {
        nodes { oid path size }
      }
    }
  }
}
"""

ENTRIES: Final = """\
query Entries($project: ID!, $ref: String!, $paths: [String!]!) {
  project(fullPath: $project) {
    repository {
      blobs(ref: $ref, paths: $paths) {
        nodes { oid path mode }
      }
    }
  }
}
"""

BLOBS: Final = """\
query Blobs($project: ID!, $ref: String!, $paths: [String!]!) {
  project(fullPath: $project) {
    repository {
      blobs(ref: $ref, paths: $paths) {
        nodes { oid path rawTextBlob }
      }
    }
  }
}
"""
