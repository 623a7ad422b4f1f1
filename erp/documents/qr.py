"""An address as a QR code, for a screen, an agenda or a poster."""

import segno


def qr_svg(address: str, named: str = "") -> str:
    """Return the code as an SVG picture, black on white with the quiet edge that scanners need, to be laid into a page.

    `named`: what is said of it to those who cannot see it.
    """
    code = segno.make(address, micro=False)
    picture = code.svg_inline(
        scale=4, border=4, omitsize=True, light="#ffffff", title=named or None, svgclass=None, lineclass=None
    )
    # As a file of its own it needs the name of what it is written in; within a page that does no harm.
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" role="img" ', 1)
