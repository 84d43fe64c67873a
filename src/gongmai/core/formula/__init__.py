"""The formula language: every rule of the house is a formula kept as dated data.

Lives here: parsing (a fenced subset of SQL expressions), type and unit checks, compilation to
SQLite, DuckDB and Spark, explanation in Chinese and English, catalogue files with worked examples.
Comes in: formula texts from catalogues, a vocabulary of items, rows of values.
Goes out: checked formulas, SQL text for the engines, verdicts with their reasons.
"""
