"""The composition root: settings, container, life of the process."""
