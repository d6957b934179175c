"""What webhooks write to the store: inserting, recording outcomes, pruning."""
