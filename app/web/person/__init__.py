"""The page of a person on the move: no account, number and code of the receipt."""
