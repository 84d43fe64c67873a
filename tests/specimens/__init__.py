"""Files made at test time: workbooks as people save them, and as nobody should."""
