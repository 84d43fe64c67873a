"""Writes: posting, reading, preferences, packing and sending."""
