"""The generator of the demonstration city: writes a city folder of plain files and nothing else."""
