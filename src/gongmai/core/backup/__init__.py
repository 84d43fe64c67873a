"""Backups of an installation: a consistent copy while people work, and its way back.

In: the database and the data folder. Out: `actions.make_backup`, `actions.restore`, `queries.verify_backup`.
"""
