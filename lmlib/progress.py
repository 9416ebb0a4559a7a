"""The progress bar: a widget in a notebook, text elsewhere and where ipywidgets is missing."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # text does as well: no warning in a reader's first cell
    from tqdm.auto import tqdm

__all__ = ["tqdm"]
