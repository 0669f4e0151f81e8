"""The clerk's pages of lists: send, read the result, review, decide, write back, lock."""
