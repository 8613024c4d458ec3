"""Makes a corpus, trains the network and writes its file: see ../README.md."""

import os

# Two processes work side by side, one core each; libraries that start threads of their own only get in their way.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
