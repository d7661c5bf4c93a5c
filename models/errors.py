"""Errors of every layer: each names the thing, the value and the remedy."""


class ReleveError(Exception):
    """Any failure Relève explains to its caller."""


class UserError(ReleveError):
    """The caller asked for something that cannot be done as asked; the message says what to change."""


class NotFoundError(UserError):
    """Nothing the viewer may read carries this name or id."""


class AmbiguousError(UserError):
    """Several things carry this name; the message lists their ids."""


class InvalidInputError(UserError):
    """A file, record or argument does not have the expected form."""


class NotAllowedError(UserError):
    """The viewer may not do this; the message says who may."""


class NotSignedInError(UserError):
    """Nobody is behind the request, or their credentials do not hold; the message says how to sign in."""


class NotLinkedError(NotAllowedError):
    """Someone signed in whom no person of the store is; the message says how to link them."""


class TooLargeError(UserError):
    """The body of a request is larger than the installation takes; the message holds the limit."""


class MissingPackageError(UserError):
    """An optional package is not installed; the message holds the install command."""


class EncoderMismatchError(UserError):
    """The index was made with another encoder or text analysis; the message says how to rebuild."""


class DimensionError(ReleveError):
    """Embeddings of different lengths met."""


class IndexMissingError(UserError):
    """No index has been published yet; the message says how to make one."""


class LockedError(UserError):
    """Another process is writing; the message says which lock to wait for."""


class AdaptationRefusedError(UserError):
    """An adapted encoder would be no better, or worse in general; the message holds the figures."""
