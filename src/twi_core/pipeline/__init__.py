"""What surrounds every use case: one file a middleware; `twi_core.assembly` sets their order."""
