"""Screens that read across platforms."""
