"""One page per enterprise, made of sections that the platforms contribute."""
