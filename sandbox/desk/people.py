"""Looks up the users, channels and messages of actions."""

from sandbox.engine import Engine
from sandbox.errors import ActionError
from sandbox.permissions import Permission
from sandbox.records import CATEGORY, Channel, Message, User
from sandbox.wire import as_id

Ref = int | str
"""An id as a number or decimal string; for users also a seeded name."""


class People:
    """Looks up the objects of an action, with readable errors.

    Args:
        engine: The sandbox.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._world = engine.world

    def user(self, ref: Ref) -> User:
        """The acting person.

        Raises:
            ActionError: 404 for an unknown user, 403 for the bot.
        """
        user_id = self._engine.seed.users.get(ref) if isinstance(ref, str) else None
        user = self._world.users.get(user_id or as_id(ref) or 0)
        if user is None:
            raise ActionError(404, "There is no such user.")
        if user.bot:
            raise ActionError(403, "The acting user cannot be the bot.")
        return user

    def channel(self, ref: Ref, user: User, needed: int = 0) -> Channel:
        """A channel that the user can see, with the needed permissions.

        Raises:
            ActionError: 404 if the user cannot see it, 403 if they lack a permission or, in a
                direct message, a server shared with the bot.
        """
        channel = self._world.find_channel(as_id(ref) or 0)
        permissions = self._world.permissions_in(channel, user.id) if channel is not None else 0
        if channel is None or not permissions or channel.type == CATEGORY:
            raise ActionError(404, "There is no such channel for this user.")
        if missing := needed & ~permissions:
            names = " and ".join(str(flag.name).replace("_", " ").title() for flag in Permission(missing))
            raise ActionError(403, f"This user may not do that in this channel: {names} is missing.")
        if needed and channel.guild_id is None:
            self._require_shared_guild(user)
        return channel

    def dm(self, user: User) -> Channel:
        """The user's direct message with the bot.

        Raises:
            ActionError: 403 if they share no server.
        """
        self._require_shared_guild(user)
        return self._world.dm_with(user.id, self._engine.next_id())

    def _require_shared_guild(self, user: User) -> None:
        if not self._world.shares_guild_with_bot(user.id):
            raise ActionError(403, "This user shares no server with the bot. They must join one first.")

    def message(self, ref: Ref, user: User, needed: int = 0) -> tuple[Channel, Message]:
        """A message that the user can see, with its channel.

        Raises:
            ActionError: 404 if the user cannot see it, 403 if a permission is missing.
        """
        found = self._world.locate_message(as_id(ref) or 0)
        if found is None or found[1].reader_id not in (None, user.id):
            raise ActionError(404, "There is no such message for this user.")
        channel = self.channel(found[0].id, user, needed)
        return channel, found[1]

    def may(self, channel: Channel, user: User, needed: Permission) -> bool:
        """Whether the user has a permission in a channel."""
        return bool(self._world.permissions_in(channel, user.id) & needed)
