"""What the pages in Markdown print as examples, executed."""
