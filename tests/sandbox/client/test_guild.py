"""The real discord.py client editing a server, its icon among the rest; and what Discord refuses."""

import base64
import struct
import zlib
from typing import Any

import discord
import pytest

from sandbox import Sandbox
from sandbox.cdn import flat_png
from sandbox.errors import ApiError, FormErrors
from sandbox.permissions import Permission
from sandbox.pictures import MAX_PICTURE_BYTES, picture_field, picture_type
from tests.sandbox.support import Api, Bot


def home_of(bot: Bot, sandbox: Sandbox) -> discord.Guild:
    home = bot.get_guild(sandbox.home_guild_id)
    assert home is not None
    return home


def data_uri(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def big_png(size_bytes: int) -> bytes:
    filler = struct.pack(">I", size_bytes) + b"teXt" + bytes(size_bytes)
    filler += struct.pack(">I", zlib.crc32(filler[4:]))
    png = flat_png(0, 1)
    return png[:-12] + filler + png[-12:]


async def test_a_server_gets_an_icon_and_loses_it_again(bot: Bot, sandbox: Sandbox, api: Api) -> None:
    home = home_of(bot, sandbox)
    picture = flat_png(0x1C7156, 64)
    heard = bot.expect("guild_update")
    await home.edit(icon=picture, reason="a new look")
    _, after = await heard

    assert after.icon is not None
    assert await after.icon.read() == picture
    async with api.session.get(after.icon.url) as response:
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (await bot.fetch_guild(home.id)).icon == after.icon
    assert after.icon in [guild.icon async for guild in bot.fetch_guilds()]
    gone = bot.expect("guild_update")
    await home.edit(icon=None)
    assert (await gone)[1].icon is None


async def test_a_server_is_edited_and_what_is_not_named_stays(bot: Bot, sandbox: Sandbox) -> None:
    home = home_of(bot, sandbox)
    alerts = bot.text_channel(sandbox.channel("alerts"))
    heard = bot.expect("guild_update")
    await home.edit(
        name="Helix House",
        description="A quiet place",
        system_channel=alerts,
        verification_level=discord.VerificationLevel.high,
    )
    _, after = await heard

    fetched = await bot.fetch_guild(home.id)
    for guild in (after, fetched):
        assert (guild.name, guild.description) == ("Helix House", "A quiet place")
        assert guild.verification_level is discord.VerificationLevel.high
    assert after.system_channel == alerts
    heard = bot.expect("guild_update")
    await home.edit(description=None, system_channel=None)
    _, after = await heard
    assert (after.name, after.description, after.system_channel) == ("Helix House", None, None)


async def test_joins_are_announced_in_the_system_channel_unless_disabled(
    bot: Bot, sandbox: Sandbox, general: int
) -> None:
    guild = bot.text_channel(general).guild
    heard = bot.expect("message", lambda message: message.type is discord.MessageType.new_member)
    await sandbox.act.join(user="newcomer", guild=guild.id)
    notice = await heard
    await sandbox.act.leave(user="newcomer", guild=guild.id)
    flags = guild.system_channel_flags
    flags.join_notifications = False
    await guild.edit(system_channel_flags=flags)
    joined = bot.expect("member_join")
    await sandbox.act.join(user="newcomer", guild=guild.id)
    await joined

    assert (notice.channel.id, notice.author.id) == (general, sandbox.users["newcomer"])
    assert [message.type async for message in notice.channel.history(after=notice)] == []


async def test_deleting_the_system_channel_publishes_the_server(bot: Bot, general: int) -> None:
    heard = bot.expect("guild_update")
    await bot.text_channel(general).delete()
    _, after = await heard

    assert after.system_channel is None


async def test_an_edit_without_changes_publishes_no_event(api: Api, sandbox: Sandbox) -> None:
    names: list[str] = []
    sandbox.engine.bus.subscribe(lambda event: names.append(event.name))
    status, _ = await api.call("PATCH", f"/guilds/{sandbox.home_guild_id}", {"name": "Helix Home"})

    assert (status, names) == (200, [])


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"name": "x"}, (400, 50035)),
        ({"name": "x" * 101}, (400, 50035)),
        ({"name": 5}, (400, 50035)),
        ({"description": "x" * 121}, (400, 50035)),
        ({"icon": "x"}, (400, 50035)),
        ({"icon": 5}, (400, 50035)),
        ({"icon": data_uri(b"GIF89a")}, (400, 50035)),
        ({"icon": data_uri(flat_png(0, 1)[:-4])}, (400, 50035)),
        ({"icon": "data:image/png;base64,A"}, (400, 50035)),
        ({"icon": data_uri(flat_png(0, 1)).replace("image/png", "image/svg+xml")}, (400, 50035)),
        ({"system_channel_id": "x"}, (400, 50035)),
        ({"system_channel_id": "1"}, (400, 50035)),
        ({"verification_level": 5}, (400, 50035)),
        ({"default_message_notifications": True}, (400, 50035)),
        ({"owner_id": "{member}"}, (403, 50013)),
        ({"splash": "data:"}, (501, 0)),
        ({"features": ["COMMUNITY"]}, (501, 0)),
    ],
)
async def test_invalid_input_is_refused_and_changes_nothing(
    api: Api, sandbox: Sandbox, body: dict[str, Any], refusal: tuple[int, int]
) -> None:
    path = f"/guilds/{sandbox.home_guild_id}"
    _, before = await api.call("GET", path)
    if "owner_id" in body:
        body = {"owner_id": str(sandbox.users["member"])}

    status, answer = await api.call("PATCH", path, body)

    assert (status, answer["code"]) == refusal, answer
    assert (await api.call("GET", path))[1] == before


def test_a_picture_over_ten_mebibytes_is_refused() -> None:
    errors = FormErrors()
    picture = picture_field(errors, {"icon": data_uri(big_png(MAX_PICTURE_BYTES))}, "icon")

    assert picture is None
    with pytest.raises(ApiError) as refused:
        errors.raise_if_any()
    assert refused.value.body["errors"]["icon"]["_errors"][0]["code"] == "BINARY_TYPE_MAX_SIZE"


async def test_editing_a_server_needs_the_right_to_manage_it(api: Api, sandbox: Sandbox) -> None:
    for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values():
        role.permissions &= ~int(Permission.MANAGE_GUILD)

    status, body = await api.call("PATCH", f"/guilds/{sandbox.home_guild_id}", {"name": "Mine"})

    assert (status, body["code"]) == (403, 50013)


async def test_the_owner_may_give_the_server_away(api: Api, sandbox: Sandbox) -> None:
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    guild.owner_id = sandbox.application_id
    nobody, body = await api.call("PATCH", f"/guilds/{guild.id}", {"owner_id": "1"})
    given, _ = await api.call("PATCH", f"/guilds/{guild.id}", {"owner_id": str(sandbox.users["admin"])})

    assert (nobody, body["code"], given) == (404, 10007, 200)
    assert guild.owner_id == sandbox.users["admin"]


async def test_an_icon_that_is_not_there_is_404(api: Api, sandbox: Sandbox) -> None:
    url = f"{sandbox.cdn_url}/icons/{sandbox.home_guild_id}/{'0' * 32}.png"
    async with api.session.get(url) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (flat_png(0, 1), "image/png"),
        (b"\xff\xd8\xff\xe0 \xff\xd9", "image/jpeg"),
        (b"GIF87a;", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"<svg/>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_bytes(data: bytes, kind: str | None) -> None:
    assert picture_type(data) == kind
