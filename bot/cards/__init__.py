"""Embeds that several cogs and effects share: alerts, rituals, the status, the digest."""
