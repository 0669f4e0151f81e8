"""Every way data leave as a file, and every look at a full number: asked with a reason, registered, approved where they are many."""
