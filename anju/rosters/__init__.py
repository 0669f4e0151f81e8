"""Lists 名单: received, matched, decided, locked."""
