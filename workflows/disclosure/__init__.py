"""PURE: what may be told about many without telling about one.

`dimensions` and `cubes` count, `suppression` hides, `audit` attacks what was hidden, `exports` writes.
No door, no database and no clock: rows of coarse facts go in, safe tables and text come out.
"""
