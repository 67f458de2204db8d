"""The systems: one deployment diagram each."""
