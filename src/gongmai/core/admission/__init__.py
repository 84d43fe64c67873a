"""Who is let in when more come than can be served, and what is said when the database is in trouble.

In: requests. Out: `views.Gate` around the application, `views.server_error`, `queries.totals`.
"""
