"""Events in and events out, so that nothing accepted is lost and nothing is applied twice."""
