"""What is kept, and how it is protected.

Rows, constraints and the vault live here. What may happen to a row, and who may do it, is decided in
`workflows`; nothing here knows about the web.
"""
