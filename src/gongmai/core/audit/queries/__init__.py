"""Reads of the trail: search, proof, the log of readings, the export for an inspector."""
