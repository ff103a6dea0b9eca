"""Reads of records: bounded, visible, without side effects."""
