"""The fourteen."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="agents",
        happy=Use(line="agents operational", options={"layer": "Operational"}, says="Kavach"),
        wrong=(Use(line="agents sky", options={"layer": "sky"}, says="There is no layer called `sky`"),),
    ),
    Case(
        command="agent",
        happy=Use(line="agent Lumina", options={"name": "Lumina"}, says="empathy"),
        wrong=(
            Use(line="agent Lumena", options={"name": "Lumena"}, says="Did you mean `Lumina`"),
            Use(line="agent", options={}, says="`name` is missing"),
        ),
    ),
    Case(
        command="history",
        happy=Use(line="history Kavach 30", options={"agent": "Kavach", "days": 30}, says="Kavach"),
        wrong=(
            Use(line="history Kavach 0", options={"agent": "Kavach", "days": 0}, says="from 1 to 365"),
            Use(line="history Kavach soon", options={"agent": "Kavach", "days": "soon"}, says="whole number"),
        ),
    ),
    Case(
        command="wisdom",
        happy=Use(line="wisdom Oracle", options={"agent": "Oracle"}, says="“"),
        wrong=(Use(line="wisdom nobody", options={"agent": "nobody"}, says="There is no agent"),),
    ),
)
