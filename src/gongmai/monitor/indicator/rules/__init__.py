"""How requests become SQL over the panel, and how figures are printed. Pure."""
