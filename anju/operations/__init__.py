"""Running an installation safely: what must hold before it starts, what is kept against loss, how it comes back."""
