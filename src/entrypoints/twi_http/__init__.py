"""The HTTP entrypoint: health, one route per operation, and documentation that works offline."""
