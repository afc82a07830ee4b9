"""Commands: specified in a line, made into hybrid commands, mounted on a bot, explained by the help."""
