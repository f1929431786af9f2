"""What a user did wrong, in one line."""


class UserError(Exception):
    """A fault of the request, not of the program: printed as one line, exit code 2."""
