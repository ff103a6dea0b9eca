"""Backup and restore of database and blobs: one snapshot, verified hashes, plain files.

A backup is a folder: ``database.dump`` (pg_dump, custom format), ``blobs/`` as in the store,
``blobs.sha256`` (readable by ``sha256sum -c``), ``anchors/`` (copies of the audit's anchors) and
``manifest.json``, written last. Keys are not in it: they are kept elsewhere.
"""
