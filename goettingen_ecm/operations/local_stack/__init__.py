"""PostgreSQL and Valkey from their wheels, for ``make run`` and ``make test``.

Standard library and wheels only: this package runs before (and without) Django settings.
``DATABASE_URL`` / ``REDIS_URL`` in the environment switch the embedded server off.
"""
