"""The index served by Qdrant, for collections that one machine does not hold; the extra `qdrant`.

`server.RemoteIndex` answers like `matching.Index`, with the same scores. The server keeps documents
with weights that depend on no other document, and of each term how many documents hold it, so an
edit changes a few points and nothing is refitted. It is asked for whoever can be on the page
(`retrieval`), which the embedded scorer then ranks and explains (`excerpt`).
"""


class SearchUnavailableError(Exception):
    """The server does not answer, or refused what it was asked."""


class NotPublishedError(SearchUnavailableError):
    """The server holds no index, or one made by another version: publish it anew."""
