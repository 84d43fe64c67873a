"""Personal data: what is kept of whom, why and how long; export and erasure of a person; forgetting in time.

In: data/inventory.yaml. Out: masked telephone numbers, `gongmai person`, the daily tidying.
"""
