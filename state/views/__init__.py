"""Views of the collective for readers: live events, gauges, storage, a week."""
