"""What all contexts share in PostgreSQL: engine, transactions, schema, notifications."""
