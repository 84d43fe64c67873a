"""Reads: plans, who is chased, calls, the league."""
