"""Pure rules of forecasting: reading months, transforming, combining, intervals, measures."""
