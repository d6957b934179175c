"""Responses: headers, encodings, errors, cached bodies."""
