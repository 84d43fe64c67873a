"""Approved facts in columns: one wide row per enterprise and period, in immutable vintages.

In: approved versions of returns and the roster. Out: Parquet files, and answers from the engine at hand.
"""
