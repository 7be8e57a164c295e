"""Cashtags such as $TSLA in a text, found as X finds them; other platforms do not know them.

A dollar sign at the beginning or behind a space, one to six letters and perhaps a dot or an underscore with one or two
more, then the end, a space or a punctuation mark; letters are those of ASCII:
https://github.com/twitter/twitter-text/blob/master/conformance/extract.yml
"""

import re

_CASHTAG = re.compile(r"(?<!\S)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?=$|[\s!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$])")


def cashtags(text: str) -> list[str]:
    """Every cashtag in the order of the text, with its sign; one that is named twice stands there twice."""
    return _CASHTAG.findall(text)
