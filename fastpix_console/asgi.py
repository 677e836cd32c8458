"""The web process: the edge (webhook intake and push) beside the pages, one kind of process, as many as wanted."""

from a2wsgi import WSGIMiddleware

from fastpix_console.wsgi import application as pages  # first: it sets Django up
from events_app.edge import Edge  # isort: skip

# 16 threads: a page may wait up to 8 s on FastPix, and the others must not wait with it
application = Edge(WSGIMiddleware(pages, workers=16))
