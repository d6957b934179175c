"""The sandbox, for a run without token."""

from __future__ import annotations

import errno
import logging

import msgspec

from core.errors import StartError
from core.logs.secret import Secret
from core.settings import Settings
from process.announce import announce
from sandbox import Sandbox, start_sandbox

logger = logging.getLogger("helix")

_PORTS_TRIED = 20


async def start_own_sandbox(settings: Settings) -> Sandbox:
    """Start the sandbox on `SANDBOX_PORT`; if the default port is in use, on the next free one.

    Raises:
        StartError: the port is not available.
    """
    chosen = "SANDBOX_PORT" in settings.given
    tried = 1 if chosen else _PORTS_TRIED
    for port in range(settings.sandbox_port, settings.sandbox_port + tried):
        try:
            sandbox = await start_sandbox(
                port=port, prefix=settings.command_prefix, hosts=settings.sandbox_hosts
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise StartError(
                    f"SANDBOX_PORT={port}: cannot listen on this port: {error.strerror}."
                ) from error
            if not chosen:
                logger.warning("sandbox.port_moved wanted=%d: the port is in use", port)
            continue
        announce(settings, f"  chat page    {sandbox.page_url}")
        return sandbox
    raise StartError(
        f"SANDBOX_PORT={settings.sandbox_port}: the port is in use. Stop its program, or set another port."
    )


def settings_in(sandbox: Sandbox, settings: Settings) -> Settings:
    """The settings with the sandbox's token and URLs."""
    return msgspec.structs.replace(
        settings,
        discord_token=Secret(sandbox.token),
        discord_api_url=sandbox.api_url,
        discord_gateway_url=sandbox.gateway_url,
        home_guild_id=sandbox.home_guild_id,
        alerts_channel_id=settings.alerts_channel_id or sandbox.channel("alerts"),
        in_sandbox=True,
    )
