"""The simulated Discord, its people, and the tour."""
