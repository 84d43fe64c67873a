"""Review by levels: a case is submitted, passes county and city, or goes back with a reason.

In: (kind, object, digest). Out: the state of a case, and events when it is approved or returned.
"""
