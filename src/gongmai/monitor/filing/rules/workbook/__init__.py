"""The return as a workbook in the official layout.

In: a form, a period, figures. Out: pages to be drawn (`drawing.draw_return`), and figures read back from an
uploaded workbook (`reading.read_return`).
"""
