"""What changes work items; each verb takes sets."""
