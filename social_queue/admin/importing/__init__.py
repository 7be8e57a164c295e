"""Files of items come in by the browser: judged row by row, mended in place, queued."""
