"""What `twi` writes: tables, labelled facts, JSON, errors."""
