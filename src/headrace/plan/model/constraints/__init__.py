"""What each noun means in the hours of a node: one family of columns and rows a file."""
