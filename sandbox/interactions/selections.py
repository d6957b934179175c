"""Builds interaction data from choices in a menu."""

from sandbox.errors import ActionError
from sandbox.forms.components import STRING_SELECT
from sandbox.interactions.invocations import CHANNEL, MENTIONABLE, ROLE, USER, resolve
from sandbox.records import Channel
from sandbox.wire import JsonObject
from sandbox.world import World

_SELECT_OPTION = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


def choose(world: World, channel: Channel, item: JsonObject, values: list[str]) -> JsonObject:
    """The ``values`` of a menu, with resolved objects for ids.

    Raises:
        ActionError: 400 for too few, too many, repeated or unknown values.
    """
    if not values and item.get("required") is False:
        return {"values": []}
    low, high = item.get("min_values", 1), item.get("max_values", 1)
    if not low <= len(values) <= high:
        raise ActionError(400, f"Choose at least {low} and at most {high} values.")
    if len(set(values)) != len(values):
        raise ActionError(400, "A value can be chosen only once.")
    if item["type"] == STRING_SELECT:
        offered = {option["value"] for option in item["options"]}
        if not offered.issuperset(values):
            raise ActionError(400, "The menu does not offer that value.")
        return {"values": values}
    resolved: dict[str, JsonObject] = {}
    for value in values:
        resolve(world, channel, _SELECT_OPTION[item["type"]], value, resolved)
    _check_channel_types(item, resolved)
    return {"values": values, "resolved": resolved}


def _check_channel_types(item: JsonObject, resolved: dict[str, JsonObject]) -> None:
    types = item.get("channel_types")
    if types and any(channel["type"] not in types for channel in resolved.get("channels", {}).values()):
        raise ActionError(400, "The menu does not offer that kind of channel.")
