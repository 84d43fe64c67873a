"""Files that belong to something: vouchers of a return, papers of an officer. Never shown inline.

In: uploads with the object they belong to. Out: lists, downloads, and what a submission seals.
"""
