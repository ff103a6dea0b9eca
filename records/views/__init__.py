"""Pages of records: thin, between forms and selectors or services."""
