"""Events about channels, and who receives them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sandbox.events import Event
from sandbox.parts import Part
from sandbox.records import Channel
from sandbox.render import channel_json
from sandbox.wire import JsonObject


class ChannelEvents(Part):
    """Publishes events about channels to the people who can see them; the bot gets all, as at Discord."""

    def viewers(self, channel: Channel) -> frozenset[int]:
        """The members who can see the channel, and the bot."""
        if channel.guild_id is None:
            return frozenset()
        members = self._world.guilds[channel.guild_id].members
        bot_id = self._world.application.bot_id
        return frozenset(i for i in members if i == bot_id or self._world.permissions_in(channel, i))

    def created(self, channel: Channel) -> None:
        """Publish a new channel."""
        data = channel_json(self._world, channel)
        self._bus.send("CHANNEL_CREATE", data, guild_id=channel.guild_id, only=self.viewers(channel))

    @contextmanager
    def changing(self, channels: Iterable[Channel]) -> Iterator[None]:
        """Publish the channels that the block changes, also to people who can no longer see one."""
        before = [(c, channel_json(self._world, c), self.viewers(c)) for c in channels]
        yield
        for channel, was, saw in before:
            if channel_json(self._world, channel) != was:
                self._changed(channel, saw)

    def _changed(self, channel: Channel, saw: frozenset[int]) -> None:
        data = channel_json(self._world, channel)
        sees = self.viewers(channel)
        hidden: JsonObject = {key: data[key] for key in ("id", "type", "guild_id")}
        self._bus.publish(
            Event(
                "CHANNEL_UPDATE",
                lambda viewer_id: data if viewer_id in sees else hidden,
                guild_id=channel.guild_id,
                only=saw | sees,
            )
        )

    def deleted(self, guild_id: int, data: JsonObject, viewers: frozenset[int]) -> None:
        """Publish a deleted channel to those who could see it."""
        self._bus.send("CHANNEL_DELETE", data, guild_id=guild_id, only=viewers)
