"""A page to explore a network: one HTML file that works offline."""
