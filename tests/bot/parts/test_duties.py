from bot.parts.duties import Duties, Duty
from tests.bot.conftest import StartBot


async def test_a_setting_goes_before_what_is_remembered(start_bot: StartBot) -> None:
    bot = (await start_bot(telemetry_channel_id=7)).bot
    await bot.duties.remember("telemetry", 8)
    await bot.duties.remember("digest", 9)
    assert (bot.duties.channel_id("telemetry"), bot.duties.is_set("telemetry")) == (7, True)
    assert (bot.duties.channel_id("digest"), bot.duties.is_set("digest")) == (9, False)
    assert bot.duties.channel_id("deployments") is None


async def test_what_is_remembered_is_known_again_and_announced(start_bot: StartBot) -> None:
    bot = (await start_bot()).bot
    heard: list[Duty] = []
    bot.duties.on_change(heard.append)
    await bot.duties.remember("digest", 9)
    await bot.duties.remember("digest", 9)
    assert heard == ["digest"]
    again = Duties(bot.kernel.settings, bot.key_values)
    await again.load(bot.remember_scope)
    assert again.channel_id("digest") == 9


async def test_a_channel_that_another_process_chose_is_read_again(start_bot: StartBot) -> None:
    bot = (await start_bot()).bot
    await bot.duties.remember("digest", 9)
    other = Duties(bot.kernel.settings, bot.key_values)
    await other.load(bot.remember_scope)
    await other.remember("alerts", 4)
    heard: list[Duty] = []
    bot.duties.on_change(heard.append)
    await bot.duties.reload()
    await bot.duties.reload()
    assert heard == ["alerts"]
    assert (bot.duties.channel_id("alerts"), bot.duties.channel_id("digest")) == (4, 9)
