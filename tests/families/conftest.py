"""Families are registered at the post: the product and its official are those of the border's pages."""

from __future__ import annotations

from tests.border.conftest import application, officer, product

__all__ = ["application", "officer", "product"]
