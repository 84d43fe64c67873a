"""Writing the panel: publishing vintages, rebuilding their files."""
