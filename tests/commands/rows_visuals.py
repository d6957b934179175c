"""Pictures and icons."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="visualize",
        happy=Use(line="visualize julia", options={"style": "julia"}, says="(?s)julia.*klesha", picture=True),
        wrong=(
            Use(line="visualize julio", options={"style": "julio"}, says="Did you mean `julia`"),
            Use(line="visualize mand", options={"style": "mand"}, says="There is no style"),
        ),
    ),
    Case(
        command="icon",
        caller="admin",
        happy=Use(
            line="icon set mandala", options={"action": "set", "value": "mandala"}, says="is now mandala"
        ),
        wrong=(
            Use(line="icon burn", options={"action": "burn"}, says="There is no action"),
            Use(line="icon set", options={"action": "set"}, says="Name a style"),
            Use(line="icon set sun", options={"action": "set", "value": "sun"}, says="There is no style"),
            Use(line="icon cycle", options={"action": "cycle"}, says="takes `on` or `off`"),
            Use(line="icon cycle up", options={"action": "cycle", "value": "up"}, says="not `up`"),
        ),
    ),
)
