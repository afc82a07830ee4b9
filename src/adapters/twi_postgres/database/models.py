"""Every model, so that `Base.metadata` is complete: the modules of the contexts that this package keeps."""

import importlib
import pkgutil

import twi_postgres

for found in pkgutil.iter_modules(twi_postgres.__path__, "twi_postgres."):
    importlib.import_module(found.name)
