"""Claimed answers against a network: which are right, and what mistake explains a wrong one."""
