"""The Discord door: a bot whose commands are the core's use cases."""
