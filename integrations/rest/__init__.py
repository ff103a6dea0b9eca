"""The REST interface: files with their Fachdaten for other programs of the house, by token."""
