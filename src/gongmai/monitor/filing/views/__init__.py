"""Pages of filing: tasks, the return, the workbench, completeness, base revisions, workbooks."""
