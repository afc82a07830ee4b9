"""Every error code provoked for real: recipes by the first word of the code, and the record of what was answered."""
