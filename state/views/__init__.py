"""What is shown of the collective: live events, gauges, storage, a week."""
