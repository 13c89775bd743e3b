"""Lets moto's engine be imported without EC2; import this module before any part of the engine.

The engine needs one enumeration, in `moto.batch.utils`. Importing that also imports the package
`moto.batch`, and with it EC2, its regions and its instance types: 60 % of the time that moto takes
to start. So a package that only knows where its modules are takes the place of `moto.batch`.
"""

import sys
from importlib.util import find_spec
from types import ModuleType

_batch = ModuleType("moto.batch")
if _moto := find_spec("moto"):
    _batch.__path__ = [f"{folder}/batch" for folder in _moto.submodule_search_locations or ()]
sys.modules.setdefault(_batch.__name__, _batch)
