"""The unmodified bot in a simulated Discord: in a browser, or as a scripted conversation in the terminal."""
