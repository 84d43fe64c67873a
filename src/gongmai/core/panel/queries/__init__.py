"""Reading the panel: which files are in force, the item dictionary, differences between vintages."""
