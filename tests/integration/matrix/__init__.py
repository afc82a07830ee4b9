"""Who may do what, through which door, where: every operation, every kind of caller, asked for real."""
