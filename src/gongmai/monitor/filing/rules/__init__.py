"""Pure rules of filing: forms, typed text, the triple, contents, audits.

In: plain data. Out: forms, values, findings, digests, differences.
"""
