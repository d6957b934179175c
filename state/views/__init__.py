"""What is shown of the collective: status, reports, live events, gauges."""
