"""The life of a process: its parts, signals, draining and exit codes."""
