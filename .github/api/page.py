"""Make the API page of the public names: ``python .github/api/page.py [FOLDER]``. A warning is an error."""

import sys
import warnings
from pathlib import Path

import pdoc.doc
import pdoc.render


class Spelled(str):
    """An annotation as the code spells it: ``ArrayLike``, and not the union of types behind the name."""

    __repr__ = str.__str__


def spelled(annotation, *_):
    """Take the place of pdoc's evaluation of annotations."""
    return Spelled(annotation) if isinstance(annotation, str) else annotation


warnings.simplefilter("error")
pdoc.doc.safe_eval_type = spelled
pdoc.render.configure(docformat="numpy", template_directory=Path(__file__).parent, show_source=False)
pdoc.pdoc("gmmviz", output_directory=Path(sys.argv[1] if len(sys.argv) > 1 else "api"))
