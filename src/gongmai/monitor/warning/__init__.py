"""Early warnings that somebody handles: triggers over the panel, and the life of what they find.

In: the newest vintage. Out: a watch list ranked by influence, moves with deadlines, measures of each trigger.
"""
