"""The rules core: what a pack says of a set of answers as of one day.

Pure: values in, values out, time as a parameter. It differentiates and protects; it never decides a
status, never proposes a return, and never reads an unanswered question as "no".
"""
