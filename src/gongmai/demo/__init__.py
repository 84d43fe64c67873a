"""The generator of the demonstration city: writes a city folder of plain files and nothing else.

In: the small tables in data/ (places, parts of names, the mix of industries, what the city published) and
a fixed seed. Out: a folder as docs/city-folder.md describes it, read by the same import as any
other city. This is the only package that knows which city it is.
"""
