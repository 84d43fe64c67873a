"""Chasing returns: reminders and escalation by plan, by hand and by telephone; the league of counties.

In: what is due and not filed (filing), events of filing. Out: notices to people (notify), rounds that were
sent, call notes, the league. Why it stands beside filing: docs/decisions/0008-chasing-is-a-module.md.
"""
