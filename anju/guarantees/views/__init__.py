"""The pages: how one household is housed, the list of ways, the danger ledger, the locked stock."""
