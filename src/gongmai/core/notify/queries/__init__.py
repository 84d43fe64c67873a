"""Reads: the inbox, its counts, the catalogue of notices, preferences."""
