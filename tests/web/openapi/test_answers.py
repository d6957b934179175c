"""What the routes send is what is documented: no member more, none less."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.web.helpers import MakeSite
from web.routes.table import ROUTES
from web.routing import RouteSpec

pytestmark = pytest.mark.unmeasured

_JSON = [
    spec
    for spec in ROUTES
    if spec.method == "GET"
    and spec.auth != "webhook"
    and any(reply.record is not None and reply.status == 200 for reply in spec.replies)
]


def closed(schema: Any) -> Any:
    """The schema, with no member allowed that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


@pytest.mark.parametrize("spec", _JSON, ids=lambda spec: spec.path)
async def test_an_answer_has_the_members_that_are_documented(make_site: MakeSite, spec: RouteSpec) -> None:
    site = await make_site()
    await site.change(harmony=0.9)
    answer = await site.get(spec.example, Accept="application/json, application/health+json, */*;q=0.1")
    document = (await site.get("/openapi.json")).json()
    content = document["paths"][spec.path]["get"]["responses"][str(answer.status)]["content"]
    schema = content[answer.headers["content-type"]]["schema"]
    whole = {**closed(schema), "components": closed(document["components"])}
    Draft202012Validator(whole).validate(answer.json())


def test_every_json_route_is_tried() -> None:
    assert len(_JSON) >= 12
