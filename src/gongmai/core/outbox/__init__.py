"""Events written in the writer's transaction and delivered at least once to idempotent handlers.

In: events. Out: calls of the handlers that flow.py names, with leases, retries and progress.
"""
