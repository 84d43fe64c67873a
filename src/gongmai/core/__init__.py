"""What all platforms stand on: time, people, registry, formulas, panel, review, trail, documents, outbox."""
