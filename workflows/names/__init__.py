"""Names across scripts: fold, skeletons, keys for the blind index, and comparison with reasons.

Pure: plain text in, plain values out, standard library only. It never decides that two persons
are one; it only says how alike two spellings are and why.
"""
