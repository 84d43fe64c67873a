"""Password hashing tuned for a deadline rush."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class RushArgon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: OWASP's minimum, about 20 ms of one core for each sign-in.

    Django's default takes 100 MiB and eight threads for each, which a rush of sign-ins turns into an outage.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
