"""What Discord sends, run from its receipt to its answer."""
