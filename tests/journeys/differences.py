"""Stories that are told on one host only: what stands for each on the other, and why.

The reason is a row of the table in ``docs/gitlab.md``, named by its first cell.
"""

from __future__ import annotations

from typing import Final

CHECK: Final = "the check"
BUTTONS: Final = "*Fix all*, *Re-run*"
QUEUE: Final = "merging one after the other"
WHO: Final = "who the bot is"
GATE: Final = "the gate"
REACH: Final = "a suggestion"
REVIEW: Final = "a review"
COMMITS: Final = "commits of the bot"
LISTS: Final = "what an instance keeps to itself"
LOST: Final = "a lost delivery"

ONLY: Final[dict[str, tuple[str, str]]] = {
    # On GitHub: the row of the table, and the story on GitLab in its place ("" where none can be).
    "test_the_button_commits_every_safe_fix": (
        BUTTONS,
        "test_a_command_commits_what_no_suggestion_can_carry",
    ),
    "test_the_group_gets_its_check_and_nothing_else": (
        QUEUE,
        "test_a_merge_train_waits_for_nothing_of_ours",
    ),
    "test_what_is_open_is_told_in_the_check_alone": (
        QUEUE,
        "test_a_merge_train_waits_for_nothing_of_ours",
    ),
    "test_a_group_is_looked_at_again_when_somebody_asks": (
        BUTTONS,
        "test_recheck_and_rerun_review_again",
    ),
    "test_a_list_that_was_cut_short_is_never_a_pass": (
        LISTS,
        "test_a_diff_that_comes_late_is_waited_for",
    ),
    "test_a_status_says_what_a_check_would": (WHO, "test_a_suggestion_turns_the_check_green"),
    # On GitLab.
    "test_merging_waits_for_the_status_and_for_the_threads": (GATE, ""),
    "test_the_status_goes_into_the_pipeline_that_merging_waits_for": (GATE, ""),
    "test_a_diff_that_comes_late_is_waited_for": (LISTS, ""),
    "test_people_hear_once_of_a_review": (REVIEW, "test_nothing_is_dropped_and_nobody_is_buried"),
    "test_a_suggestion_reaches_beyond_the_diff": (
        REACH,
        "test_a_command_commits_what_no_suggestion_can_carry",
    ),
    "test_all_suggestions_are_applied_in_one_batch": (REACH, ""),
    "test_what_is_no_code_is_not_reviewed_again": (CHECK, ""),
    "test_drafts_of_an_attempt_that_died_are_not_published": (REVIEW, ""),
    "test_a_draft_whose_answer_is_lost_is_said_once": (
        REVIEW,
        "test_an_answer_that_is_lost_after_the_write_repeats_nothing",
    ),
    "test_a_merge_train_waits_for_nothing_of_ours": (
        QUEUE,
        "test_the_group_gets_its_check_and_nothing_else",
    ),
    "test_a_head_that_moved_takes_no_commit": (
        COMMITS,
        "test_a_command_on_a_head_that_moved_writes_nothing_and_says_so",
    ),
    "test_an_external_status_check_is_answered_at_the_end": (GATE, ""),
    "test_the_status_is_the_first_thing_that_is_written": (GATE, ""),
    "test_open_merge_requests_and_failed_deliveries_are_found": (LOST, ""),
    "test_the_page_of_a_merge_request_applies_a_suggestion": (
        REACH,
        "test_the_demo_shows_every_outcome_and_ends_green",
    ),
    "test_a_renewed_token_is_read_from_its_file": (WHO, "test_out_and_in_again"),
}
