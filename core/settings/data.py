"""The settings of the groups Data and Webhooks."""

from __future__ import annotations

from pathlib import Path

from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.http import HttpSettings
from core.settings.table import Group

_data = Group("Data")
_webhooks = Group("Webhooks")


class DataSettings(HttpSettings, frozen=True, kw_only=True):
    """The data folder, retention, backups, and webhooks in and out."""

    data_dir: Path = _data.setting(
        "HELIX_DATA_DIR",
        Path("data"),
        parse.folder,
        "The folder of the database and of the files that people edit.",
        attribute="data_dir",
    )
    journal_days: int = _data.setting(
        "JOURNAL_DAYS",
        365,
        parse.whole(1, 36500, "days"),
        "How many days journal entries are kept.",
    )
    backup_every_h: float = _data.setting(
        "BACKUP_EVERY_H",
        24.0,
        parse.number(0, 8760, "hours"),
        "Hours between backups, counted from the last good one.",
    )
    backup_keep: int = _data.setting(
        "BACKUP_KEEP",
        7,
        parse.whole(1, 1000, "backups"),
        "How many backups are kept. The newest good one is never deleted.",
    )
    webhook_token: Secret | None = _webhooks.setting(
        "WEBHOOK_TOKEN", None, parse.secret, "The token with which simple senders authenticate.", secret=True
    )
    webhook_secret: tuple[Secret, ...] = _webhooks.setting(
        "WEBHOOK_SECRET",
        (),
        parse.listed(parse.webhook_key, commas=False),
        "Keys (whsec_…) of incoming Standard Webhooks; several, separated by spaces, during a rotation.",
        secret=True,
    )
    webhook_signing_secret: Secret | None = _webhooks.setting(
        "WEBHOOK_SIGNING_SECRET",
        None,
        parse.webhook_key,
        "The key (whsec_…) that signs deliveries to the destinations below.",
        secret=True,
    )
    github_webhook_secret: Secret | None = _webhooks.setting(
        "GITHUB_WEBHOOK_SECRET",
        None,
        parse.passphrase,
        "The secret of the webhook that is set up at GitHub.",
        secret=True,
    )
    zapier_webhook_url: tuple[Secret, ...] = _webhooks.setting(
        "ZAPIER_WEBHOOK_URL",
        (),
        parse.listed(parse.webhook_url, commas=False),
        "Destinations of events: one or several https URLs, separated by spaces.",
        secret=True,
    )
    discord_webhook_url: Secret | None = _webhooks.setting(
        "DISCORD_WEBHOOK_URL",
        None,
        parse.webhook_url,
        "The URL of a Discord webhook that receives events, too.",
        secret=True,
    )
