"""How lines are chained and how anchors are chained and signed: pure, so that it can be judged by itself."""
