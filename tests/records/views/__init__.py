"""Tests of the clerk's pages."""
