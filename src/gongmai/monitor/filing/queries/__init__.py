"""Reads of filing: forms, tasks, returns, completeness, facts for the panel.

In: an actor and a question. Out: plain data, scope applied.
"""
