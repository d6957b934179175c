"""The commands of the cog execution."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("execution", "Execution", "Directives for Manus")

ENTRIES = COG.commands(
    CommandEntry(
        name="run",
        aliases=("manus", "execute"),
        params=(Param("directive", "A registered action, such as ritual 27", kind="rest", required=True),),
        summary="Queue a directive for Manus if the policy approves it.",
        example="!run ritual 27",
        access=Access(Level.mod),
    ),
    CommandEntry(
        name="jobs",
        aliases=("queue", "directives"),
        params=(Param("job", "One directive's id"),),
        form="[id]",
        summary="The directive queue, or one directive's log.",
        example="!jobs",
    ),
    CommandEntry(
        name="halt",
        aliases=("stop",),
        params=(Param("reason", "Why", kind="rest"),),
        summary="Pause Manus and cancel a running ritual safely.",
        example="!halt maintenance",
        access=Access(Level.admin),
    ),
    CommandEntry(
        name="resume",
        aliases=("unhalt",),
        summary="Let Manus work again.",
        example="!resume",
        access=Access(Level.admin),
    ),
)
