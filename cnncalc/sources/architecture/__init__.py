"""The architecture file: reading YAML and writing it."""
