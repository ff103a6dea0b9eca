"""Mailboxes: what arrives there is laid into baskets (requirements E1, E3)."""
