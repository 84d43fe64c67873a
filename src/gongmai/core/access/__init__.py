"""People, roles and row-level scopes: the one place where it is decided who may do what.

In: users and grants. Out: `types.Actor`, `rules.may`, `queries.scope_filter`.
"""
