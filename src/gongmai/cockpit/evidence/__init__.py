"""The life of one figure on one page: typed, judged, explained, passed, published, contained in numbers.

In: a return and a box. Out: what every part of the product knows of it, each part by its own rights.
"""
