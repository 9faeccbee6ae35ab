"""The web pages: one package a role, forms, fields and the frame around every page."""
