"""Keeping single firms out of published tables: primary rules, secondary suppression, and the attack on both.

In: tables of cells with their firms' two largest figures. Out: the set of cells that stay hidden. The rules
are pure; the optimisation and the attacker are ports that adapters fill.
"""
