"""What is drawn, in the worker: modules that know neither Discord nor the collective."""
