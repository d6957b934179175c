"""A small Discord on localhost, which the bot connects to when there is no token.

It implements the parts of REST v10 and Gateway v10 that discord.py uses, and a chat page. It keeps everything
in memory.
"""

from sandbox.errors import ActionError, SandboxError
from sandbox.server import Sandbox, start_sandbox

__all__ = ["ActionError", "Sandbox", "SandboxError", "start_sandbox"]
