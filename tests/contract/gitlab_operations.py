"""Every operation of GitLab's API that the bot may use, with the page that describes it.

Written by hand after the documentation: requests are closed (a parameter that no page names is a
breach), answers have to carry what the page promises of the fields named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Schema = dict[str, Any]
DOCS: Final = "https://docs.gitlab.com/api"

INT: Final[Schema] = {"type": "integer"}
STR: Final[Schema] = {"type": "string"}
BOOL: Final[Schema] = {"type": "boolean"}
SHA: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
DISCUSSION: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
TIME: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT"}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*values: str) -> Schema:
    """One of these words."""
    return {"enum": list(values)}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def holds(**fields: Schema) -> Schema:
    """An answer with these fields, and with others."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def takes(required: dict[str, Schema] | None = None, **optional: Schema) -> Schema:
    """A request with these parameters and no others."""
    fields = {**(required or {}), **optional}
    return {
        "type": "object",
        "properties": fields,
        "required": list(required or {}),
        "additionalProperties": False,
    }


USER: Final = holds(id=INT, username=STR, name=STR, state=STR, web_url=STR)
DIFF_REFS: Final = holds(base_sha=SHA, start_sha=SHA, head_sha=SHA)
PIPELINE: Final = holds(id=INT, project_id=INT, sha=SHA, ref=STR, status=STR)
MERGE_REQUEST: Final = holds(
    id=INT,
    iid=INT,
    project_id=INT,
    title=STR,
    state=one_of("opened", "closed", "merged", "locked"),
    draft=BOOL,
    author=USER,
    source_branch=STR,
    target_branch=STR,
    source_project_id=maybe(INT),
    target_project_id=INT,
    sha=maybe(SHA),
    diff_refs=maybe(DIFF_REFS),
    changes_count=maybe(STR),
    detailed_merge_status=STR,
    head_pipeline=maybe(PIPELINE),
    web_url=STR,
    updated_at=TIME,
)
END: Final = takes(
    {"line_code": {"type": "string", "pattern": r"^[0-9a-f]{40}_\d+_\d+$"}},
    type=one_of("new", "old"),
    old_line=INT,
    new_line=INT,
)
POSITION: Final = takes(
    {
        "base_sha": SHA,
        "start_sha": SHA,
        "head_sha": SHA,
        "position_type": one_of("text", "image", "file"),
        "new_path": STR,
        "old_path": STR,
    },
    old_line=INT,
    new_line=INT,
    line_range=takes({"start": END, "end": END}),
)
NOTE: Final = holds(
    id=INT,
    type=maybe(one_of("DiffNote", "DiscussionNote")),
    body=STR,
    author=USER,
    created_at=TIME,
    system=BOOL,
    noteable_type=STR,
    resolvable=BOOL,
)
DISCUSSED: Final = holds(id=DISCUSSION, individual_note=BOOL, notes=many(NOTE))
DRAFT: Final = holds(id=INT, author_id=INT, merge_request_id=INT, note=STR)
COMMIT: Final = holds(
    id=SHA, parent_ids=many(SHA), message=STR, author_name=STR, author_email=STR, created_at=TIME
)
STATUS: Final = holds(
    id=INT,
    sha=SHA,
    ref=maybe(STR),
    name=STR,
    status=one_of("created", "pending", "running", "success", "failed", "canceled", "skipped"),
    description=maybe(STR),
    target_url=maybe(STR),
    author=USER,
)
PROJECT: Final = holds(
    id=INT,
    path_with_namespace=STR,
    default_branch=maybe(STR),
    web_url=STR,
    only_allow_merge_if_pipeline_succeeds=BOOL,
    only_allow_merge_if_all_discussions_are_resolved=BOOL,
)
HOOK: Final = holds(
    id=INT,
    url=STR,
    push_events=BOOL,
    merge_requests_events=BOOL,
    note_events=BOOL,
    enable_ssl_verification=BOOL,
    alert_status=one_of("executable", "disabled", "temporarily_disabled"),
)
WANTED_HOOK: Final = takes(
    {"url": STR},
    push_events=BOOL,
    merge_requests_events=BOOL,
    note_events=BOOL,
    enable_ssl_verification=BOOL,
    token=STR,
    signing_token=STR,
    name=STR,
)
ACTION: Final = takes(
    {"action": one_of("create", "delete", "move", "update", "chmod"), "file_path": STR},
    previous_path=STR,
    content=STR,
    encoding=one_of("text", "base64"),
    last_commit_id=SHA,
    execute_filemode=BOOL,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """``page`` is the page of the documentation, below its ``/api``."""

    method: str
    template: str
    page: str
    answer: Schema | None = None
    body: Schema | None = None
    query: tuple[str, ...] = ()


_MR: Final = "/projects/:id/merge_requests/:merge_request_iid"
_REPO: Final = "/projects/:id/repository"

OPERATIONS: Final = (
    Operation("GET", "/user", "users/#retrieve-the-current-user", USER),
    Operation("GET", "/users", "users/#list-users", many(USER), query=("username",)),
    Operation("GET", "/metadata", "metadata/", holds(version=STR, enterprise=BOOL)),
    Operation(
        "GET",
        "/personal_access_tokens/self",
        "personal_access_tokens/#self-inform",
        holds(scopes=many(STR), active=BOOL, expires_at=maybe(STR)),
    ),
    Operation("GET", "/projects/:id", "projects/#retrieve-a-project", PROJECT),
    Operation(
        "GET",
        "/projects",
        "projects/#list-all-projects",
        many(holds(id=INT, path_with_namespace=STR)),
        query=("membership", "min_access_level", "archived", "simple", "last_activity_after"),
    ),
    Operation(
        "PUT",
        "/projects/:id",
        "projects/#edit-a-project",
        PROJECT,
        takes(
            only_allow_merge_if_pipeline_succeeds=BOOL,
            only_allow_merge_if_all_discussions_are_resolved=BOOL,
            allow_merge_on_skipped_pipeline=BOOL,
        ),
    ),
    Operation(
        "GET",
        "/projects/:id/members/all/:user_id",
        "project_members/#retrieve-a-member-of-a-project-including-inherited-and-invited-members",
        holds(id=INT, username=STR, state=STR, access_level=INT),
    ),
    Operation("GET", "/projects/:id/hooks", "project_webhooks/", many(HOOK)),
    Operation("POST", "/projects/:id/hooks", "project_webhooks/", HOOK, WANTED_HOOK),
    Operation(
        "PUT",
        "/projects/:id/hooks/:hook_id",
        "project_webhooks/",
        HOOK,
        WANTED_HOOK,
    ),
    Operation(
        "GET",
        "/projects/:id/hooks/:hook_id/events",
        "project_webhooks/#list-all-events-for-a-project-webhook",
        many(holds(id=INT, trigger=STR, response_status=STR, created_at=TIME)),
        query=("status",),
    ),
    Operation(
        "POST",
        "/projects/:id/hooks/:hook_id/events/:hook_event_id/resend",
        "project_webhooks/#resend-a-project-webhook-event",
        holds(response_status=INT),
    ),
    Operation("GET", "/groups/:group", "groups/#retrieve-a-group", holds(id=INT, full_path=STR)),
    Operation(
        "GET",
        "/groups/:group/projects",
        "groups/#list-projects",
        many(PROJECT),
        query=("include_subgroups", "archived", "with_shared"),
    ),
    Operation("GET", "/groups/:group/hooks", "group_webhooks/", many(HOOK)),
    Operation("POST", "/groups/:group/hooks", "group_webhooks/", HOOK, WANTED_HOOK),
    Operation(
        "PUT",
        "/groups/:group/hooks/:hook_id",
        "group_webhooks/",
        HOOK,
        WANTED_HOOK,
    ),
    Operation(
        "GET",
        "/projects/:id/merge_requests",
        "merge_requests/#list-project-merge-requests",
        many(MERGE_REQUEST),
        query=(
            "state",
            "updated_after",
            "updated_before",
            "source_branch",
            "target_branch",
            "order_by",
            "sort",
        ),
    ),
    Operation(
        "POST",
        "/projects/:id/merge_requests",
        "merge_requests/#create-mr",
        MERGE_REQUEST,
        takes(
            {"source_branch": STR, "target_branch": STR, "title": STR},
            description=STR,
            remove_source_branch=BOOL,
        ),
    ),
    Operation("GET", _MR, "merge_requests/#retrieve-a-merge-request", MERGE_REQUEST),
    Operation(
        "GET",
        f"{_MR}/versions",
        "merge_requests/#list-merge-request-diff-versions",
        many(holds(id=INT, head_commit_sha=SHA, base_commit_sha=SHA, start_commit_sha=SHA)),
    ),
    Operation(
        "GET",
        f"{_MR}/diffs",
        "merge_requests/#list-merge-request-diffs",
        many(
            holds(
                old_path=STR,
                new_path=STR,
                a_mode=STR,
                b_mode=STR,
                diff=STR,
                new_file=BOOL,
                renamed_file=BOOL,
                deleted_file=BOOL,
                collapsed=BOOL,
                too_large=BOOL,
            )
        ),
    ),
    Operation(
        "GET",
        f"{_MR}/discussions",
        "discussions/#list-all-merge-request-discussion-items",
        many(DISCUSSED),
    ),
    Operation(
        "PUT",
        f"{_MR}/discussions/:discussion_id",
        "discussions/#resolve-a-merge-request-thread",
        DISCUSSED,
        takes({"resolved": BOOL}),
    ),
    Operation(
        "POST",
        f"{_MR}/discussions/:discussion_id/notes",
        "discussions/#add-a-note-to-an-existing-merge-request-thread",
        NOTE,
        takes({"body": STR}),
    ),
    Operation(
        "GET",
        f"{_MR}/notes",
        "notes/#list-all-merge-request-notes",
        many(NOTE),
        query=("sort", "order_by", "activity_filter"),
    ),
    Operation(
        "POST", f"{_MR}/notes", "notes/#create-a-merge-request-note", NOTE, takes({"body": STR})
    ),
    Operation(
        "PUT",
        f"{_MR}/notes/:note_id",
        "notes/#update-a-merge-request-note",
        NOTE,
        takes({"body": STR}),
    ),
    Operation(
        "POST",
        f"{_MR}/notes/:note_id/award_emoji",
        "emoji_reactions/#add-reactions-to-comments",
        holds(id=INT, name=STR, user=USER),
        takes({"name": STR}),
    ),
    Operation(
        "GET",
        f"{_MR}/draft_notes",
        "draft_notes/#list-all-merge-request-draft-notes",
        many(DRAFT),
    ),
    Operation(
        "POST",
        f"{_MR}/draft_notes",
        "draft_notes/#create-a-draft-note",
        DRAFT,
        takes({"note": STR}, position=POSITION),
    ),
    Operation(
        "DELETE", f"{_MR}/draft_notes/:draft_note_id", "draft_notes/#delete-a-draft-note", None
    ),
    Operation(
        "POST",
        f"{_MR}/draft_notes/bulk_publish",
        "draft_notes/#publish-all-pending-draft-notes",
        None,
        takes(),
    ),
    Operation(
        "GET",
        f"{_MR}/status_checks",
        "status_checks/#list-status-checks-for-a-merge-request",
        many(holds(id=INT, name=STR, external_url=STR, status=STR)),
    ),
    Operation(
        "POST",
        f"{_MR}/status_check_responses",
        "status_checks/#set-status-of-an-external-status-check",
        holds(id=INT),
        takes(
            {
                "sha": SHA,
                "external_status_check_id": INT,
                "status": one_of("passed", "failed", "pending"),
            }
        ),
    ),
    Operation(
        "GET",
        f"{_REPO}/tree",
        "repositories/#list-all-repository-trees-in-a-project",
        many(holds(id=SHA, name=STR, type=one_of("tree", "blob", "commit"), path=STR, mode=STR)),
        query=("ref", "recursive", "pagination", "page_token", "path"),
    ),
    Operation(
        "GET",
        f"{_REPO}/blobs/:sha",
        "repositories/#retrieve-a-blob-from-repository",
        holds(size=INT, encoding=STR, content=STR, sha=SHA),
    ),
    Operation(
        "GET",
        f"{_REPO}/compare",
        "repositories/#compare-branches-tags-or-commits",
        holds(commits=many(COMMIT)),
        query=("from", "to", "straight"),
    ),
    Operation(
        "GET",
        f"{_REPO}/branches/:branch",
        "branches/#retrieve-a-repository-branch",
        holds(name=STR, commit=COMMIT, protected=BOOL, can_push=BOOL),
    ),
    Operation(
        "GET",
        f"{_REPO}/files/:file_path",
        "repository_files/#retrieve-a-file-from-a-repository",
        holds(file_path=STR, size=INT, blob_id=SHA, commit_id=SHA, last_commit_id=SHA),
        query=("ref",),
    ),
    Operation(
        "POST",
        f"{_REPO}/commits",
        "commits/#create-a-commit",
        COMMIT,
        takes({"branch": STR, "commit_message": STR, "actions": many(ACTION)}, start_sha=SHA),
    ),
    Operation(
        "GET",
        f"{_REPO}/commits/:sha/statuses",
        "commits/#list-commit-statuses",
        many(STATUS),
        query=("name", "ref", "stage", "all"),
    ),
    Operation(
        "POST",
        "/projects/:id/statuses/:sha",
        "commits/#set-commit-pipeline-status",
        STATUS,
        takes(
            {"state": one_of("pending", "running", "success", "failed", "canceled", "skipped")},
            name=STR,
            description={"type": "string", "maxLength": 255},
            ref={"type": "string", "maxLength": 255},
            target_url={"type": "string", "maxLength": 255},
            pipeline_id=INT,
        ),
    ),
    Operation(
        "GET",
        f"{_REPO}/commits/:sha/merge_requests",
        "commits/#list-merge-requests-associated-with-a-commit",
        many(MERGE_REQUEST),
    ),
)

HOOK_PROJECT: Final = holds(id=INT, path_with_namespace=STR, default_branch=STR)
WEBHOOKS: Final[dict[str, Schema]] = {
    "Merge Request Hook": holds(
        object_kind=one_of("merge_request"),
        user=holds(username=STR),
        project=HOOK_PROJECT,
        changes={"type": "object"},
        object_attributes=holds(
            iid=INT,
            state=one_of("opened", "closed", "merged", "locked"),
            draft=BOOL,
            source_branch=STR,
            target_branch=STR,
            source_project_id=INT,
            target_project_id=INT,
            last_commit=holds(id=SHA),
            action=one_of("open", "close", "reopen", "update", "merge"),
        ),
    ),
    "Push Hook": holds(
        object_kind=one_of("push"),
        before=SHA,
        after=SHA,
        ref=STR,
        project=HOOK_PROJECT,
        commits={"type": "array", "items": holds(id=SHA), "maxItems": 20},
        total_commits_count=INT,
    ),
    "Note Hook": holds(
        object_kind=one_of("note"),
        user=holds(username=STR),
        project=HOOK_PROJECT,
        merge_request=holds(iid=INT, last_commit=holds(id=SHA)),
        object_attributes=holds(
            id=INT,
            note=STR,
            noteable_type=one_of("MergeRequest"),
            system=BOOL,
            discussion_id=DISCUSSION,
            action=one_of("create", "update"),
        ),
    ),
    "System Hook": holds(
        event_name=one_of("project_rename"),
        name=STR,
        path=STR,
        project_id=INT,
        path_with_namespace=STR,
        old_path_with_namespace=STR,
    ),
}
"""https://docs.gitlab.com/user/project/integrations/webhook_events/ and, of an instance,
https://docs.gitlab.com/administration/system_hooks/"""

OAUTH_TOKEN: Final = holds(
    access_token=STR,
    token_type=one_of("bearer"),
    expires_in=INT,
    refresh_token=STR,
    created_at=INT,
)
"""What ``POST /oauth/token`` gives (https://docs.gitlab.com/api/oauth2/)."""
