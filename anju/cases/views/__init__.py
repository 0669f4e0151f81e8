"""The pages: the cases of an area, one case, what is done with many at once, how one begins, the year's plans."""
