"""Dice, coins and fortunes."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="8ball",
        happy=Use(
            line="8ball Will it hold?",
            options={"question": "Will it hold?"},
            says="(?s)Will it hold.*yes \\d+%",
        ),
        wrong=(
            Use(line="8ball", options={}, says="`question` is missing"),
            Use(line="8ball ???", options={"question": "???"}, says="Ask something in words"),
        ),
    ),
    Case(
        command="roll",
        happy=Use(line="roll 4d6kh3+2", options={"dice": "4d6kh3+2"}, says="4d6kh3: .*~~[1-6]~~"),
        wrong=(
            Use(line="roll 2d", options={"dice": "2d"}, says="`2d👉`: after `d` comes the number of sides"),
            Use(line="roll 101d6", options={"dice": "101d6"}, says="from 1 to 100 dice"),
            Use(line="roll d1001", options={"dice": "d1001"}, says="from 1 to 1000 sides"),
            Use(line="roll 4d6kx", options={"dice": "4d6kx"}, says="`h` for the highest"),
            Use(line="roll 4d6kh5", options={"dice": "4d6kh5"}, says="from 1 to 4 can be kept"),
            Use(line="roll 7", options={"dice": "7"}, says="there is no die in it"),
        ),
    ),
    Case(
        command="coinflip",
        happy=Use(line="coinflip 3", options={"count": 3}, says="(?s)3 coins.*heads.*tails"),
        wrong=(
            Use(line="coinflip 0", options={"count": 0}, says="from 1 to 100, not 0"),
            Use(line="coinflip 101", options={"count": 101}, says="from 1 to 100, not 101"),
            Use(line="coinflip many", options={"count": "many"}, says="must be a whole number"),
        ),
    ),
    Case(
        command="fortune",
        happy=Use(line="fortune libra", options={"sign": "libra"}, says="(?s)libra.*Companion"),
        wrong=(Use(line="fortune libro", options={"sign": "libro"}, says="Did you mean `libra`"),),
    ),
    Case(
        command="vibe-check",
        happy=Use(line="vibe-check", says="(?s)of 100.*Field"),
        wrong=(Use(line="vibe-check nobody", options={"member": "5"}, says="`nobody` is not a member here"),),
    ),
)
