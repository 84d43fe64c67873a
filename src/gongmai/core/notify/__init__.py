"""Telling people: the inbox of every person, e-mail, and webhooks of group robots and firms' systems.

In: posts (what happened, to whom, about which object). Out: notices read on the page, mails and messages
sent once through the outbox, each person's choice of channels and quiet hours.
"""
