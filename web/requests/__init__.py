"""What a request passes before and after its handler."""
