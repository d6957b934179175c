"""Cogs, flags, caches."""

from tests.commands.case import Case, Use

CASES = (
    Case(command="cogs", caller="admin", happy=Use(line="cogs", says="loaded")),
    Case(
        command="load",
        caller="admin",
        happy=Use(line="load monitoring", options={"cogs": "monitoring"}, says="monitoring\\*\\* loaded"),
        wrong=(
            Use(line="load nonsense", options={"cogs": "nonsense"}, says="There is no cog"),
            Use(line="load", options={}, says="`cogs` is missing"),
        ),
    ),
    Case(
        command="unload",
        caller="admin",
        happy=Use(
            line="unload fun",
            options={"cogs": "fun"},
            says="(?s)`/roll`.*`/load fun` loads them again",
            agrees=True,
            settles="fun\\*\\* unloaded",
        ),
        wrong=(
            Use(line="unload nonsense", options={"cogs": "nonsense"}, says="There is no cog"),
            Use(line="unload help", options={"cogs": "help"}, says="`help` stays loaded"),
        ),
    ),
    Case(
        command="reload",
        caller="admin",
        happy=Use(line="reload admin", options={"cogs": "admin"}, says="reloaded in"),
        wrong=(Use(line="reload all help", options={"cogs": "all help"}, says="Use `all` alone"),),
    ),
    Case(
        command="flags",
        caller="admin",
        happy=Use(
            line="flags response_caching off",
            options={"name": "response_caching", "value": "off"},
            says="response_caching",
        ),
        wrong=(
            Use(line="flags nonsense off", options={"name": "nonsense", "value": "off"}, says="no flag"),
            Use(
                line="flags response_caching maybe",
                options={"name": "response_caching", "value": "maybe"},
                says="on.*off",
            ),
        ),
    ),
    Case(
        command="cache",
        caller="admin",
        happy=Use(line="cache clear all", options={"action": "clear", "name": "all"}, says="Cleared"),
        wrong=(
            Use(
                line="cache clear nonsense", options={"action": "clear", "name": "nonsense"}, says="no cache"
            ),
            Use(line="cache burn", options={"action": "burn"}, says="stats|clear"),
        ),
    ),
)
