"""The ledger of problems 问题台账: found, handed over, rectified, verified by a higher level, struck off 销号."""
