"""What the Discord door does to text, without Discord."""
