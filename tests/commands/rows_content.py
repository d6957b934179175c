"""Documents, read in pages or posted."""

from tests.commands.case import Case, Use

OPTION = {"manifesto": "action", "codex": "section", "rules": "action"}


def post(command: str) -> dict[str, Use]:
    """Posting; by slash nobody knows the channel's id beforehand, and who may not is refused before that."""
    return {"post": Use(line=f"{command} post #general", options={OPTION[command]: "post"}, says="posted")}


CASES = (
    Case(
        command="manifesto",
        happy=Use(line="manifesto", says="(?s)The Helix Manifesto.*Page 1 of"),
        wrong=(
            Use(line="manifesto burn", options={"action": "burn"}, says="no action called"),
            Use(line="manifesto post", options={"action": "post"}, says="administrator"),
            Use(line="manifesto post #nowhere", options={"action": "#nowhere"}, says="nowhere"),
        ),
        actions=post("manifesto"),
    ),
    Case(
        command="codex",
        happy=Use(line="codex agents", options={"section": "agents"}, says="(?s)Codex · Agents.*SanghaCore"),
        wrong=(Use(line="codex agnts", options={"section": "agnts"}, says="Did you mean `agents`"),),
        actions=post("codex"),
    ),
    Case(
        command="rules",
        happy=Use(line="rules", says="(?s)Rules and Ethics.*Be kind"),
        wrong=(Use(line="rules break", options={"action": "break"}, says="no action called"),),
        actions=post("rules"),
    ),
)
