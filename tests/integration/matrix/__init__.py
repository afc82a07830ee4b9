"""Who may do what, through which entrypoint, where: every operation, every kind of caller, asked for real."""
