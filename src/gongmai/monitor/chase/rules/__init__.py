"""Pure rules: when a step of the plan is due, how the league is ranked."""
