"""The commands of the cog agents."""

from bot.catalog.entry import CogInfo, CommandEntry, Param

COG = CogInfo("agents", "Agents", "The fourteen agents")

ENTRIES = COG.commands(
    CommandEntry(
        name="agents",
        aliases=("collective", "team", "roster"),
        params=(
            Param(
                "layer",
                "Only this layer",
                kind="choice",
                choices=("Consciousness", "Operational", "Integration"),
            ),
        ),
        form="[layer]",
        summary="The 14 agents by layer, with measured status and load.",
        example="!agents operational",
        ttl_s=60.0,
    ),
    CommandEntry(
        name="agent",
        aliases=("profile",),
        params=(Param("name", "The agent's name", required=True),),
        summary="One agent: its role, the part of Helix it stands for, and its health.",
        example="!agent Lumina",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="history",
        aliases=("agent-history",),
        params=(
            Param("agent", "The agent's name", required=True),
            Param("days", "How many days back, 1 to 365", kind="int", default="7"),
        ),
        summary="An agent's activity, from the journal.",
        example="!history Kavach 30",
    ),
    CommandEntry(
        name="wisdom",
        aliases=("quote", "agent-wisdom", "advice"),
        params=(Param("agent", "The agent's name; any agent if omitted"),),
        summary="A saying in an agent's own voice.",
        example="!wisdom Oracle",
    ),
)
