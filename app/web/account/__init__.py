"""The pages of one's own account, and those that ask again who sits there."""
