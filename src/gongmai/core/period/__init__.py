"""Reporting periods, the working-day calendar and the clock.

In: nothing. Out: `types.Period`, `rules` for deadlines, `clock.now`.
"""
