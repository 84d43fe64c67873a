"""Writes of filing: open a period, drafts, submission, review, bases, imports.

In: an actor and what they want. Out: rows changed in one transaction with an audit line and an event.
"""
