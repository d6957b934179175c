"""Where discord.py looks for Discord."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.gateway.endpoints import Endpoints


def test_discord_itself_needs_nothing_asked() -> None:
    assert Endpoints().is_discord
    assert not Endpoints().needs_gateway
    Endpoints().apply()
    assert Route.BASE == "https://discord.com/api/v10"
    assert yarl.URL("wss://gateway.discord.gg") == DiscordWebSocket.DEFAULT_GATEWAY


def test_another_server_is_used_for_everything() -> None:
    Endpoints("http://127.0.0.1:1/api/v10/", "ws://127.0.0.1:1/gateway", "http://127.0.0.1:1/cdn/").apply()
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:1/gateway") == DiscordWebSocket.DEFAULT_GATEWAY
    assert discord.Asset.BASE == "http://127.0.0.1:1/cdn"


def test_an_api_without_a_gateway_is_asked_for_it() -> None:
    endpoints = Endpoints("http://127.0.0.1:1/api/v10")
    assert endpoints.needs_gateway
    assert not endpoints.with_gateway("ws://127.0.0.1:1/gateway").needs_gateway


def test_the_cdn_stays_where_it_is_unless_given() -> None:
    before = discord.Asset.BASE
    Endpoints("http://127.0.0.1:1/api/v10").apply()
    assert before == discord.Asset.BASE
