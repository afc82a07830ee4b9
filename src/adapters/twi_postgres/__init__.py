"""PostgreSQL behind the ports of `twi_core`."""
