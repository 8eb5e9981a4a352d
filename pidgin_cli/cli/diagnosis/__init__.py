"""What `doctor` looks at, one file for each side of it."""
