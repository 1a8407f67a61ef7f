"""Practice questions: templates, choices, sessions in the terminal, sheets for a class, and their marking."""
