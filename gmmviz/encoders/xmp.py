"""What a WebP or an AVIF says in words about itself."""

from __future__ import annotations

from xml.sax.saxutils import escape

from gmmviz.encoders.base import Film


def xmp(film: Film) -> str:
    """Return title, description and language as Dublin Core metadata."""
    texts = "".join(
        f'<dc:{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></dc:{name}>'
        for name, text in (("title", film.title), ("description", film.text))
        if text
    )
    language = f"<dc:language><rdf:Bag><rdf:li>{film.language}</rdf:li></rdf:Bag></dc:language>"
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">{texts}{language}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )
