"""PostgreSQL behind the ports of `twi_core`, and the embedded server for whoever has none."""
