"""公示: what hangs out, masked, for its days, with a photo at both ends; objections to it; the page of it that goes away by itself."""
