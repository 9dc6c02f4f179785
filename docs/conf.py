"""How Sphinx builds the documentation; nothing is fetched from anywhere."""

from __future__ import annotations

from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from ordercore import __version__

project = "ordercore"
copyright = "2026, the ordercore developers"  # noqa: A001 - Sphinx names it so
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "py:obj"
add_module_names = False
python_maximum_signature_line_length = 88

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_inherit_docstrings = False
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_attr_annotations = False
napoleon_use_ivar = True
napoleon_use_rtype = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"ordercore {release}"


def as_written(_app: object, what: str, _name: str, _of: object, _: object, lines: Any) -> None:
    """Keep napoleon from reading the words before a colon as a type; drop what says nothing."""
    if lines and lines[0].startswith("Alias for field number"):
        lines.clear()
    elif what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]


def hide_factories(
    _app: object, _what: str, _name: str, _of: object, _: object, told: str | None, returns: str
) -> tuple[str | None, str]:
    """Show a default that attrs makes at birth as dots."""
    return told and told.replace("= NOTHING", "= ..."), returns


def setup(app: Sphinx) -> None:
    """Register the above."""
    app.add_lexer("mermaid", TextLexer)  # shown as text: nothing is fetched to draw it
    app.connect("autodoc-process-docstring", as_written, priority=400)
    app.connect("autodoc-process-signature", hide_factories)
