"""What changes the registry: officers' edits, and the import of a city from its folder of plain files."""
