"""Pages: the list of who is missing, calls, the plan, the league."""
