"""What every context shares; it knows no product terms."""
