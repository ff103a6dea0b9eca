"""The quick city for every module of these tests."""

from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]
