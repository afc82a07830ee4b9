"""Links that members save under a title."""
