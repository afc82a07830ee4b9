"""The ports of `twi_core.kernel` in memory: limiter, directory, clocks, randomness, ids."""
