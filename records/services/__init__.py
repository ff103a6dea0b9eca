"""The verbs of records: set-based services, the only way anything is written."""
