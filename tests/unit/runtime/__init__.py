"""The composition root: settings, container, the life of a process."""
