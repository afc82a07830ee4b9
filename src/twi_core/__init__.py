"""The pure core of the community bot."""
