"""The registered application commands, global and per server."""

from sandbox.errors import FormErrors, unknown
from sandbox.forms.commands import MAX_COMMANDS, parse_command, parse_commands, too_many_commands
from sandbox.parts import Core, Part
from sandbox.wire import JsonObject

_Key = tuple[int, str]


class CommandRegistry(Part):
    """Application commands by scope: None for global ones, else a server's id."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._scopes: dict[int | None, dict[_Key, JsonObject]] = {}

    def in_scope(self, guild_id: int | None) -> list[JsonObject]:
        """The commands of one scope."""
        return list(self._scopes.get(guild_id, {}).values())

    def all(self) -> list[JsonObject]:
        """The commands of all scopes; those of a server have a ``guild_id``."""
        return [command for scope in self._scopes.values() for command in scope.values()]

    def get(self, guild_id: int | None, command_id: int) -> JsonObject:
        """One command.

        Raises:
            ApiError: 404 with code 10063.
        """
        for command in self.in_scope(guild_id):
            if command["id"] == str(command_id):
                return command
        raise unknown("application command")

    def find(self, guild_id: int | None, name: str) -> JsonObject | None:
        """The slash command of a name in a server: its own one before a global one."""
        for scope in (guild_id, None):
            command = self._scopes.get(scope, {}).get((1, name))
            if command is not None:
                return command
        return None

    def overwrite(self, guild_id: int | None, bodies: list[object]) -> list[JsonObject]:
        """Replace all commands of a scope; a command that keeps its name keeps its id.

        Raises:
            ApiError: 400 if a command is invalid; then nothing changes.
        """
        return self.replace(guild_id, parse_commands(bodies))

    def replace(self, guild_id: int | None, parsed: list[JsonObject]) -> list[JsonObject]:
        """Replace all commands of a scope by ones from ``parse_commands``."""
        old = self._scopes.get(guild_id, {})
        new = [self._complete(command, old.get(_key(command)), guild_id) for command in parsed]
        self._scopes[guild_id] = {_key(command): command for command in new}
        self._announce()
        return new

    def create(self, guild_id: int | None, body: JsonObject) -> tuple[JsonObject, bool]:
        """Add a command, or replace the one with its name; returns it and whether it is new.

        Raises:
            ApiError: 400 if it is invalid or one too many.
        """
        errors = FormErrors()
        parsed = parse_command(errors, body)
        errors.raise_if_any()
        scope = self._scopes.setdefault(guild_id, {})
        old = scope.get(_key(parsed))
        if old is None and len(scope) >= MAX_COMMANDS:
            raise too_many_commands()
        command = self._complete(parsed, old, guild_id)
        scope[_key(command)] = command
        self._announce()
        return command, old is None

    def edit(self, guild_id: int | None, command_id: int, body: JsonObject) -> JsonObject:
        """Change the given fields.

        Raises:
            ApiError: 404, or 400 if the result is invalid.
        """
        old = self.get(guild_id, command_id)
        errors = FormErrors()
        parsed = parse_command(errors, old | body)
        errors.raise_if_any()
        command = self._complete(parsed, old, guild_id)
        scope = self._scopes[guild_id]
        if _key(command) != _key(old) and _key(command) in scope:
            errors.add(
                ("name",), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
            errors.raise_if_any()
        del scope[_key(old)]
        scope[_key(command)] = command
        self._announce()
        return command

    def delete(self, guild_id: int | None, command_id: int) -> None:
        """Delete a command.

        Raises:
            ApiError: 404 with code 10063.
        """
        command = self.get(guild_id, command_id)
        del self._scopes[guild_id][_key(command)]
        self._announce()

    def _complete(self, parsed: JsonObject, old: JsonObject | None, guild_id: int | None) -> JsonObject:
        command = parsed | {
            "id": old["id"] if old is not None else str(self._next_id()),
            "application_id": str(self._world.application.id),
            "version": str(self._next_id()),
        }
        if guild_id is not None:
            command["guild_id"] = str(guild_id)
        return command

    def _announce(self) -> None:
        self._bus.send("APPLICATION_COMMANDS_UPDATE", {"commands": self.all()})


def _key(command: JsonObject) -> _Key:
    return command["type"], command["name"]
