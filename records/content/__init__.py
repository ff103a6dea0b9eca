"""Everything that opens file content nobody vouches for. Runs without Django, in a child process.

Callers use ``records.content.sandbox`` (inspect, page images), ``records.content.sniffing``
(upload whitelist) and ``records.content.clamav``; the other modules run inside the child.
"""
