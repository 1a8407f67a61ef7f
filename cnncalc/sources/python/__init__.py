"""Networks in Python source: a file or notebook is read as text by a small interpreter and never run."""
