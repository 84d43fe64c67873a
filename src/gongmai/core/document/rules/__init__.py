"""Pure rules on files: safe text in CSV, safe names, what an archive may contain."""
