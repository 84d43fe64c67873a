"""Screens of the indicators: overview, league table, firms, trends, crosstab, vintages, catalogue, drawer."""
