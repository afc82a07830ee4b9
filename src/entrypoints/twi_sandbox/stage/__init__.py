"""The simulated Discord, its people, and what plays there."""
