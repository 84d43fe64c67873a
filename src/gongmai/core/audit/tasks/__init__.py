"""Work around the trail: anchoring it outside the database, handing it to an inspector."""
