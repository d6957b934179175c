"""Personal data: where it is stored, for how long, and how it is erased."""
