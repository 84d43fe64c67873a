"""Pages of the registry: the list of firms, officers' edits, the code lists."""
