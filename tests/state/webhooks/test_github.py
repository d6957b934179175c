"""Of what GitHub sends, what is announced is kept and nothing else."""

from __future__ import annotations

import json

import pytest

from state.webhooks.github import announced_part
from tests.bot.effects.github_payloads import ANNOUNCED, KINDS, PUSH, RELEASE, SAMPLES, WORKFLOW_RUN, any_of

PERSON = {"name": "Ann", "email": "ann@example.com", "username": "ann"}


def test_a_push_is_kept_without_people_and_e_mail_addresses() -> None:
    message = "Mend it\n\nSigned-off-by: Ann <ann@example.com>"
    commits = [
        {**commit, "message": message, "author": PERSON, "committer": PERSON} for commit in PUSH["commits"]
    ]
    kept = announced_part("push", {**PUSH, "commits": commits * 4, "pusher": PERSON})
    assert kept == {
        "ref": "refs/heads/main",
        "deleted": False,
        "compare": PUSH["compare"],
        "repository": {"full_name": "acme/tools"},
        "sender": {"login": "ann"},
        # The first five are shown; the others only counted.
        "commits": [{"id": commits[place % 2]["id"], "message": "Mend it"} for place in range(5)] + [{}] * 3,
    }
    assert "example.com" not in json.dumps(kept)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ANNOUNCED])
def test_nothing_is_kept_of_an_event_that_is_not_announced(kind: str) -> None:
    assert announced_part(kind, any_of(kind)) == {}


@pytest.mark.parametrize("payload", [RELEASE, WORKFLOW_RUN])
def test_nothing_is_kept_of_an_action_that_is_not_announced(payload: dict[str, object]) -> None:
    kind = "release" if payload is RELEASE else "workflow_run"
    assert announced_part(kind, {**payload, "action": "requested"}) == {}
    assert announced_part(kind, payload) != {}
    assert len(json.dumps(announced_part(kind, payload))) < len(json.dumps(SAMPLES[kind])) / 3
