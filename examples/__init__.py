"""Networks to start from: every one a YAML file beside this module."""
