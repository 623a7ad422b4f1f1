"""Write the generated documents anew: `make docs`."""

from erp.documents.permissions import permissions_page
from erp.documents.states import states_document
from erp.settings import ROOT

GENERATED = {"permissions.md": permissions_page, "states.md": states_document}

if __name__ == "__main__":
    for name, page in GENERATED.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
