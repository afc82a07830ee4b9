"""Rules that the use cases of failures share."""
