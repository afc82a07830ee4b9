"""API tokens: who may call over HTTP."""
