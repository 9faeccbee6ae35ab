"""Measures Serai as a whole, as it is deployed, and its parts: `python3 dev.py bench`. No part of
the product.
"""
