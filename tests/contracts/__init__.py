"""One suite of promises per port; a test module runs each of them on one adapter."""
