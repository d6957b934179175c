"""How the collective is within."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="consciousness",
        happy=Use(line="consciousness Lumina", options={"agent": "Lumina"}, says="seen by 🌕 Lumina"),
        wrong=(Use(line="consciousness Lumena", options={"agent": "Lumena"}, says="Did you mean `Lumina`"),),
    ),
    Case(command="emotions", happy=Use(line="emotions", says="Mostly")),
    Case(command="ethics", happy=Use(line="ethics", says="Nonmaleficence")),
)
