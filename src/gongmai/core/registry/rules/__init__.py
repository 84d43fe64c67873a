"""The registry's decisions: credit codes, industry codes, sizes, the roster, units, a city's folder. Pure."""
