"""Answers: headers, encodings, errors, cached bodies."""
