"""Places 行政区划: the tree, its changes over the years, its boundaries."""
