"""GET /openapi.json: as any cached answer, and what is said of this very server."""

import gzip

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site
from web.routes.table import ROUTES


async def test_it_is_the_document_of_this_server(site: Site) -> None:
    found = (await site.get("/openapi.json")).json()
    assert found["openapi"].startswith("3.1.")
    assert found["servers"] == [{"url": site.server.base_url}]
    assert set(found["paths"]) == {spec.path for spec in ROUTES}


async def test_routes_that_need_a_token_say_so(make_site: MakeSite) -> None:
    token = Secret("to-read-with")
    site = await make_site(read_token=token)
    assert (await site.get("/openapi.json")).status == 401
    answer = await site.get("/openapi.json", Authorization=f"Bearer {token.reveal()}")
    assert answer.json()["paths"]["/status"]["get"]["security"] == [
        {"readToken": []},
        {"session": []},
    ]
    assert token.reveal().encode() not in answer.body


async def test_it_is_kept_and_compressed(site: Site) -> None:
    first = await site.get("/openapi.json")
    packed = await site.get("/openapi.json", Accept_Encoding="gzip")
    assert packed.headers["x-cache"] == "hit"
    assert gzip.decompress(packed.body) == first.body
    assert len(packed.body) < len(first.body) / 5
    again = await site.get("/openapi.json", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
