"""What happens: one file a capability, verbs as functions, commands as frozen dataclasses.

Workflows decide; they know neither HTTP nor templates, and never commit: the door does, once.
"""
