from tests.web.helpers import Site


async def test_the_catalog_is_shown_unchanged(site: Site) -> None:
    answer = (await site.get("/commands")).json()
    assert answer["total"] == 2
    assert [command["name"] for command in answer["commands"]] == ["status", "dream"]
    assert [command["name"] for command in answer["commands"]] == ["status", "dream"]
