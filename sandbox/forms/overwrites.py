"""Validates a channel's permission overwrites, and the actor's permission to set them."""

from collections.abc import Iterable

from sandbox.errors import FormErrors, Path, missing_permissions, unknown
from sandbox.forms.fields import bits_field
from sandbox.permissions import Permission
from sandbox.records import Guild, Overwrite
from sandbox.wire import JsonObject, as_id

ROLE = 0
MEMBER = 1
_KINDS = {0: ROLE, 1: MEMBER, "0": ROLE, "1": MEMBER, "role": ROLE, "member": MEMBER}


def parse_overwrites(errors: FormErrors, value: object) -> list[Overwrite]:
    """The overwrites in a channel's body, the last one for each id."""
    key = "permission_overwrites"
    if value is None:
        return []
    if not isinstance(value, list):
        errors.add((key,), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    found: dict[int, Overwrite] = {}
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            errors.add((key, index), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        target = as_id(item.get("id"))
        if target is None:
            errors.add((key, index, "id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
            continue
        found[target] = parse_overwrite(errors, item, target, (key, index))
    return list(found.values())


def parse_overwrite(errors: FormErrors, item: JsonObject, target: int, path: Path = ()) -> Overwrite:
    """An overwrite; unknown permission bits are dropped."""
    kind = item.get("type")
    if isinstance(kind, bool) or not isinstance(kind, int | str) or kind not in _KINDS:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (0, 1).")
        kind = ROLE
    allow, deny = (bits_field(errors, item, key, path) or 0 for key in ("allow", "deny"))
    return Overwrite(target, _KINDS[kind], allow, deny)


def require_targets(guild: Guild, overwrites: Iterable[Overwrite]) -> None:
    """Check that the server has the roles and members of the overwrites.

    Raises:
        ApiError: 404 with code 10009.
    """
    for overwrite in overwrites:
        known = guild.roles if overwrite.type == ROLE else guild.members
        if overwrite.id not in known:
            raise unknown("Overwrite")


def require_own_bits(own: int, before: Iterable[Overwrite], after: Iterable[Overwrite]) -> None:
    """Check that the actor has the changed permissions; MANAGE_ROLES is only for administrators.

    "Create Guild Channel" and "Edit Channel Permissions" in Discord's reference.

    Raises:
        ApiError: 403 with code 50013.
    """
    old = {overwrite.id: overwrite for overwrite in before}
    new = {overwrite.id: overwrite for overwrite in after}
    changed = 0
    for target in old.keys() | new.keys():
        was, becomes = old.get(target), new.get(target)
        changed |= (was.allow if was else 0) ^ (becomes.allow if becomes else 0)
        changed |= (was.deny if was else 0) ^ (becomes.deny if becomes else 0)
    if changed & ~own or (changed & Permission.MANAGE_ROLES and not own & Permission.ADMINISTRATOR):
        raise missing_permissions()
