"""The hash-chained trail: one line for each write, in the same transaction as the write.

In: actor, action, object. Out: a chain that a command can verify.
"""
