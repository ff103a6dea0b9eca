"""Verbs of the operator desk."""
