"""Pages of people and sign-in, and the middleware that finds the actor of a request."""
