"""What the bot does without a command. Each effect is supervised, and off until it has a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects.admin_notices import AdminNotices
from bot.effects.alerts import AlertPosts
from bot.effects.dead_letters import DeadLetters
from bot.effects.deployments import Deployments
from bot.effects.digest import Digest
from bot.effects.icon_cycle import IconCycle
from bot.effects.posts import Posts
from bot.effects.progress_ends import ProgressEnds
from bot.effects.ritual_ends import RitualEnds
from bot.effects.telemetry import Telemetry
from bot.effects.welcome import WelcomeMessages

if TYPE_CHECKING:
    from bot.parts import HelixBot


def begin(bot: HelixBot) -> None:
    """Start every effect; called once, before the bot connects."""
    AdminNotices(bot).begin()
    IconCycle(bot).begin()
    AlertPosts(bot).begin()
    ProgressEnds(bot).begin()
    RitualEnds(bot).begin()
    Telemetry(bot).begin()
    Digest(bot).begin()
    WelcomeMessages(bot).begin()
    Posts(bot).begin()
    Deployments(bot).begin()
    DeadLetters(bot).begin()
