"""What surrounds every use case: one file per middleware; `twi_core.assembly` sets their order."""
