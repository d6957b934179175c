"""GET /: the dashboard, and GET /assets: its files."""

from __future__ import annotations

import gzip

from aiohttp import hdrs, web

from web.access.read_access import READ_ACCESS
from web.answers.headers import HTML, standard
from web.answers.negotiation import choose_encoding
from web.answers.problems import Problem
from web.dashboard.page import DASHBOARD
from web.keys import COLLECTIVE
from web.parameters import Parameter
from web.routing import Reply, RouteSpec

# The page is rendered for each request, so compression must be fast.
_GZIP_LEVEL = 5


async def get_home(request: web.Request) -> web.StreamResponse:
    """The dashboard with the current values, or without values if the request lacks the token."""
    collective = request.app[COLLECTIVE]
    page = request.app[DASHBOARD]
    access = request.app[READ_ACCESS]
    if access.may_read(request):
        by_session = access.session_of(request) is not None
        content = page.render(collective, collective.status.read(), by_session=by_session)
    else:
        content = page.render_closed()
    headers = {
        **dict(standard(page.content_security_policy)),
        # With a token set, a shared cache must not give one reader's page to another.
        "Cache-Control": "no-cache" if access.sessions is None else "private, no-cache",
        "Vary": "Accept-Encoding",
        "Content-Type": HTML,
    }
    if choose_encoding(request.headers.get(hdrs.ACCEPT_ENCODING)) == "gzip":
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, _GZIP_LEVEL, mtime=0)
    return web.Response(body=content, headers=headers)


async def get_asset(request: web.Request) -> web.StreamResponse:
    """A file of the dashboard. Its URL contains the digest of all files, so it can be cached for good.

    Under another digest the current file is sent, so that a page loaded before an update keeps working.
    """
    assets = request.app[DASHBOARD].assets
    name = request.match_info["name"]
    asset = assets.get(name)
    if asset is None:
        raise Problem(404, f"The dashboard has no file {name[:64]!r}.")
    status, headers, content = asset.answer(
        request.headers.get(hdrs.ACCEPT_ENCODING),
        request.headers.get(hdrs.IF_NONE_MATCH),
        for_good=request.match_info["digest"] == assets.digest,
    )
    return web.Response(body=content, status=status, headers=dict(headers))


ROUTES = (
    RouteSpec(
        path="/",
        handler=get_home,
        summary="The live dashboard, for people.",
        auth="none",
        group="Pages",
        replies=(Reply(summary="The page.", media_types=("text/html",)),),
    ),
    RouteSpec(
        path="/assets/{digest}/{name}",
        handler=get_asset,
        summary="A style sheet, script or picture of the dashboard.",
        auth="none",
        group="Pages",
        parameters=(
            Parameter(
                name="digest",
                summary="The digest of all files; with another digest the response has `no-cache`.",
                example="latest",
                place="path",
            ),
            Parameter(name="name", summary="The file.", example="dashboard.css", place="path"),
        ),
        replies=(
            Reply(summary="The file.", media_types=("text/css", "text/javascript", "image/svg+xml")),
            Reply(status=304, summary="The file still has the tag in `If-None-Match`.", media_types=()),
        ),
        problems={404: "The dashboard has no file of this name."},
    ),
)
