"""Help."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="help",
        happy=Use(line="help", says="You can use", options={}),
        wrong=(Use(line="help nothing-like-it", options={"topic": "nothing-like-it"}, says="There is no"),),
    ),
)
