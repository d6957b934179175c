"""How alerts, rituals, the status and the digest look, wherever they are posted."""
