"""What the ``bench_*`` commands of integrations measure."""
