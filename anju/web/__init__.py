"""The doors of the desk: settings, addresses, shell, components."""
