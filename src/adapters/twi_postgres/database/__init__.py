"""What every context rests on in PostgreSQL: engine, transactions, schema, notifications."""
