"""What the Discord entrypoint does to text, without Discord."""
