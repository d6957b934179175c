"""A small Discord on localhost: what the bot talks to when there is no token.

It speaks REST v10 and Gateway v10 as discord.py uses them, has a chat page, and forgets everything at its
end.
"""

from sandbox.errors import ActionError, SandboxError
from sandbox.server import Sandbox, start_sandbox

__all__ = ["ActionError", "Sandbox", "SandboxError", "start_sandbox"]
