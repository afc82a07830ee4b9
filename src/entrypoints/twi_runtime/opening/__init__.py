"""What a process opens, and in which order: storage, limiter, application."""
