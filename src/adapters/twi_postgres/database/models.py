"""Imports of every model, so that `Base.metadata` is complete."""

import importlib
import pkgutil

import twi_postgres

for found in pkgutil.iter_modules(twi_postgres.__path__, "twi_postgres."):
    importlib.import_module(found.name)
