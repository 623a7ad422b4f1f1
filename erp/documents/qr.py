"""An address as a QR code, for a screen, an agenda or a poster."""

import segno


def qr_svg(address: str, named: str) -> str:
    """Return the code as an SVG picture, black on white with the quiet edge that scanners need; `named`: said of it."""
    code = segno.make(address, micro=False)
    picture = code.svg_inline(
        scale=4, border=4, omitsize=True, light="#ffffff", title=named, svgclass=None, lineclass=None
    )
    return picture.replace("<svg ", '<svg role="img" ', 1)
