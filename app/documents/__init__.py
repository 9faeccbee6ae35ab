"""What is printed: slips and their codes."""
