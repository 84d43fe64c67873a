"""Writes of warnings: one transaction and one line of the trail each."""
