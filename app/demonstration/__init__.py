"""The demonstration: invented people, the published cases, and accounts for every role.

Everything here goes through the same workflows as real work, with a clock that is set back, so that every
queue, clock and chart has something to show. It is never loaded into a register that is not a demonstration.
"""
