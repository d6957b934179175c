"""Checks a deployed Helix from outside: python -m deploy.staging_check URL.

It changes nothing: its webhook requests are refused, or fit no schema. If the deployment has READ_TOKEN or
WEBHOOK_TOKEN, set them in this environment too. Exit code: 0 if nothing is wrong, 1 if something is, 2 for
wrong usage.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus

import aiohttp
from yarl import URL

from core.logs.outputs import Outputs
from deploy._staging_access import check_reading, check_transport, check_webhooks
from deploy._staging_answers import ANSWER_CHECKS
from deploy._staging_live import LIVE_CHECKS
from deploy._staging_site import Check, Finding, NotHelixError, Site

_TIMEOUT = aiohttp.ClientTimeout(total=20)
# Errors of a request to a server that is not Helix or not there.
_FAILURES = (aiohttp.ClientError, OSError, ValueError)
_CHECKS: tuple[Check, ...] = (check_transport, check_webhooks, check_reading, *ANSWER_CHECKS, *LIVE_CHECKS)


def main(arguments: Sequence[str]) -> int:
    """Check the URL in `arguments` and print each finding."""
    if len(arguments) != 1:
        return _misused("give one URL, such as https://helix.example")
    try:
        url = _parse(arguments[0])
    except ValueError:
        return _misused(
            f"{arguments[0]!r} is not a URL such as https://helix.example or https://example.org/helix"
        )
    findings = asyncio.run(find(url))
    for finding in findings:
        _say(f"{finding.verdict:<6}{finding.what}")
    counts = Counter(finding.verdict for finding in findings)
    _say(f"{counts['right']} right, {counts['wrong']} wrong, {counts['note']} notes")
    return 1 if counts["wrong"] else 0


async def find(url: URL) -> list[Finding]:
    """All findings for a URL; checks that need reading are skipped if it is refused."""
    findings: list[Finding] = []
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        site = Site(session, url, os.environ.get("READ_TOKEN"), os.environ.get("WEBHOOK_TOKEN"))
        for check in _CHECKS:
            try:
                found = await check(site)
            except NotHelixError as error:
                found = [Finding("wrong", str(error))]
            except _FAILURES as error:
                what = str(error) or type(error).__name__
                found = [Finding("wrong", f"{check.__name__.removeprefix('check_')}: {what}")]
            findings += found
            wrong = any(finding.verdict == "wrong" for finding in found)
            if wrong and check in (check_webhooks, check_reading) and not await _is_read(site):
                break
    return findings


async def _is_read(site: Site) -> bool:
    try:
        return (await site.ask("/status")).status != HTTPStatus.UNAUTHORIZED
    except _FAILURES:
        return False


def _parse(text: str) -> URL:
    """The URL without a trailing slash.

    Raises:
        ValueError: it is not a URL, or has more than a path.
    """
    url = URL(text.strip())
    more = (url.user, url.password, url.raw_query_string, url.raw_fragment)
    if url.scheme not in ("http", "https") or not url.host or any(more) or text.strip()[-1] in "?#":
        raise ValueError(text)
    return URL(str(url).rstrip("/"))


def _misused(what: str) -> int:
    sys.stderr.write(f"staging_check: {what}\n")
    return 2


def _say(text: str) -> None:
    # A server's text may contain characters that the output cannot encode.
    printable = "".join(character if character.isprintable() else "?" for character in text)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(f"{printable.encode(encoding, 'backslashreplace').decode(encoding)}\n")


if __name__ == "__main__":
    # A reader that closes the pipe early still gets the right exit code.
    Outputs.take_over()
    sys.exit(main(sys.argv[1:]))
