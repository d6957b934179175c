"""Payloads as GitHub sends them, made by hand: the shape of each kind, with its nulls."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]

KINDS = (
    "branch_protection_configuration", "branch_protection_rule", "check_run", "check_suite",
    "code_scanning_alert", "commit_comment", "create", "custom_property", "custom_property_values", "delete",
    "dependabot_alert", "deploy_key", "deployment", "deployment_protection_rule", "deployment_review",
    "deployment_status", "discussion", "discussion_comment", "fork", "github_app_authorization", "gollum",
    "installation", "installation_repositories", "installation_target", "issue_comment", "issues", "label",
    "marketplace_purchase", "member", "membership", "merge_group", "meta", "milestone", "org_block",
    "organization", "package", "page_build", "personal_access_token_request", "ping", "project",
    "project_card", "project_column", "projects_v2", "projects_v2_item", "projects_v2_status_update",
    "public", "pull_request", "pull_request_review", "pull_request_review_comment",
    "pull_request_review_thread", "push", "registry_package", "release", "repository",
    "repository_advisory", "repository_dispatch", "repository_import", "repository_ruleset",
    "repository_vulnerability_alert", "secret_scanning_alert", "secret_scanning_alert_location",
    "secret_scanning_scan", "security_advisory", "security_and_analysis", "sponsorship", "star", "status",
    "sub_issues", "team", "team_add", "watch", "workflow_dispatch", "workflow_job", "workflow_run",
)  # fmt: skip
ANNOUNCED = ("push", "release", "workflow_run")

_USER: Payload = {
    "login": "ann", "id": 1, "node_id": "MDQ6", "type": "User", "site_admin": False, "gravatar_id": "",
    "html_url": "https://github.com/ann",
}  # fmt: skip
_REPOSITORY: Payload = {
    "id": 2, "name": "tools", "full_name": "acme/tools", "private": False, "owner": _USER, "fork": False,
    "html_url": "https://github.com/acme/tools", "description": None, "homepage": None, "license": None,
    "language": None, "mirror_url": None, "default_branch": "main", "topics": [], "pushed_at": 1_700_000_000,
}  # fmt: skip
_AROUND: Payload = {
    "repository": _REPOSITORY, "organization": {"login": "acme", "id": 3, "description": None},
    "enterprise": None, "installation": {"id": 4, "node_id": "MDIz"}, "sender": _USER,
}  # fmt: skip
_AUTHOR: Payload = {"name": "Ann", "email": None, "username": "ann"}


def _commit(number: int, message: str) -> Payload:
    return {
        "id": f"{number:040x}", "tree_id": "0" * 40, "distinct": True, "message": message,
        "timestamp": "2026-01-02T03:04:05+01:00", "url": f"https://github.com/acme/tools/commit/{number:040x}",
        "author": _AUTHOR, "committer": _AUTHOR, "added": [], "removed": [], "modified": ["a.py"],
    }  # fmt: skip


PUSH: Payload = {
    **_AROUND, "ref": "refs/heads/main", "before": "a" * 40, "after": "b" * 40, "base_ref": None,
    "created": False, "deleted": False, "forced": False, "pusher": {"name": "ann", "email": None},
    "compare": "https://github.com/acme/tools/compare/aaaaaaaaaaaa...bbbbbbbbbbbb",
    "commits": [_commit(1, "Mend it\n\nbody"), _commit(2, "Test it")], "head_commit": _commit(2, "Test it"),
}  # fmt: skip
RELEASE: Payload = {
    **_AROUND, "action": "published",
    "release": {
        "id": 5, "tag_name": "v1.2.3", "target_commitish": "main", "name": "The third", "draft": False,
        "prerelease": False, "body": None, "author": _USER, "assets": [], "discussion_url": None,
        "html_url": "https://github.com/acme/tools/releases/tag/v1.2.3", "tarball_url": None,
        "created_at": None, "published_at": "2026-01-02T03:04:05Z",
    },
}  # fmt: skip
WORKFLOW_RUN: Payload = {
    **_AROUND, "action": "completed",
    "workflow": {
        "id": 6, "name": "Tests", "path": ".github/workflows/tests.yml", "state": "active",
        "html_url": "https://github.com/acme/tools/blob/main/.github/workflows/tests.yml",
    },
    "workflow_run": {
        "id": 7, "name": "Tests", "display_title": "Mend it", "event": "push", "status": "completed",
        "conclusion": "success", "head_branch": "main", "head_sha": "b" * 40, "run_number": 8,
        "run_attempt": 1, "path": ".github/workflows/tests.yml@main", "workflow_id": 6, "pull_requests": [],
        "html_url": "https://github.com/acme/tools/actions/runs/7", "actor": _USER, "head_commit": None,
        "head_repository": _REPOSITORY, "previous_attempt_url": None,
    },
}  # fmt: skip
SAMPLES = {"push": PUSH, "release": RELEASE, "workflow_run": WORKFLOW_RUN}


def any_of(kind: str, action: str = "created") -> Payload:
    """A payload of any kind: its action, its subject under the kind's name, and what stands around it."""
    subject = {"id": 9, "name": None, "html_url": f"https://github.com/acme/tools/{kind}/9", "user": _USER}
    return {**_AROUND, "action": action, kind: subject}
