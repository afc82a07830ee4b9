"""What a process opens: storage, limiter, application, and the order of all that."""
