"""The HTTP door: health, one route per operation, and documentation that works offline."""
