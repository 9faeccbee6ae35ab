"""What a deployment decides: settings, code lists, packs. No behaviour."""
