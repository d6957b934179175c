"""Discord's Gateway v10: sessions, intents, compression, connections."""
