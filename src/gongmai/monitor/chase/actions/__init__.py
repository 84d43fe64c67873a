"""Writes: rounds by plan, reminders by hand, calls, plans."""
