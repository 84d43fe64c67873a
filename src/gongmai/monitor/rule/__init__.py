"""Rules that learn: officers edit audits and thresholds, try them on history, approve by four eyes.

In: the audits of filing and the versions kept by core.formula. Out: pages, and tallies of what rules found.
"""
