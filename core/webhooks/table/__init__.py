"""What webhooks write to the store: events and deliveries inserted, their outcome, their pruning."""
