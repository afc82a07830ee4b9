"""The real process, as a service manager runs it, against a fake Discord on the wire."""
