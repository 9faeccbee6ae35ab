"""The pages of a turned screen: the person answers alone. Nothing here opens a page of the official."""
