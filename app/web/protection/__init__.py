"""The pages of a desk's protection officer."""
