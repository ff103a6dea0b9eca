"""The import pipeline: receive → check → file → extract text → index → receipt.

PostgreSQL is the queue (``DeliveryItem.stage``, leases, SKIP LOCKED); a Celery message is only a
nudge. Each stage's effect is committed together with the step to the next stage, so that a
killed worker loses nothing and nothing happens twice.
"""
