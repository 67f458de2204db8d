"""The proofs: what must hold on the running platform, tried from where it matters and compared with its diagram."""
