"""What Discord is answered: messages, their markup and layout, and their delivery."""
