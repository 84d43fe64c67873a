from tests.monitor.indicator.small_city import small_city

__all__ = ["small_city"]
