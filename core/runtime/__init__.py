"""The process: its services in order, background loops, the worker process, and machine limits."""
