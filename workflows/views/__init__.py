"""Pages of work items."""
