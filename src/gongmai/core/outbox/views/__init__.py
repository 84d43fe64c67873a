"""Pages of the jobs."""
