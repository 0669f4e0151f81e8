"""Long work in the background: progress that survives a closed tab, cancel, resume after a killed worker."""
