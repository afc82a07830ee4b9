"""Who may do what, through which entrypoint, where: every operation, by every kind of caller, with real calls."""
