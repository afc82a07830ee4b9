"""The storage in memory: its tables, and the unit of work over them."""
