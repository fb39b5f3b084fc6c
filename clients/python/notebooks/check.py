"""Executes the notebooks against a server of its own, and compares their outputs with the recorded ones:

    GRANARY=../../../granary python3 check.py [--write] [NOTEBOOK]…

It needs nbclient, ipykernel, pandas and matplotlib. Pictures differ between versions of matplotlib and fonts: that one is there
is compared. --write records the outputs anew.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def main() -> int:
    names = [a for a in sys.argv[1:] if a != "--write"] or sorted(p.name for p in HERE.glob("*.ipynb"))
    different = 0
    for name in names:
        recorded = nbformat.read(HERE / name, as_version=4)
        executed = execute(recorded)
        if "--write" in sys.argv:
            nbformat.write(executed, HERE / name)
            print(f"{name}: recorded")
            continue
        found = [f for one, other in zip(recorded.cells, executed.cells) for f in differences(one, other)]
        print(f"{name}: " + (f"{len(found)} outputs differ" if found else "each output is as recorded"))
        print("".join(found), end="")
        different += len(found)
    return 1 if different else 0


def execute(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with its outputs. Trials of other runs on the same bars do not count."""
    executed = nbformat.from_dict(notebook)
    with tempfile.TemporaryDirectory() as trials:
        os.environ["GRANARY_TRIALS"] = trials
        client = NotebookClient(executed, timeout=600, kernel_name="python3", record_timing=False,
                                resources={"metadata": {"path": str(HERE)}})
        client.execute()
    executed.metadata.language_info = nbformat.from_dict({"name": "python"})
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            # A number of this execution that no viewer needs.
            output.get("transient", {}).pop("display_id", None)
    return executed


def differences(recorded: nbformat.NotebookNode, executed: nbformat.NotebookNode):
    """The outputs of a cell that differ, as text."""
    old, new = texts(recorded), texts(executed)
    if old != new:
        yield f"--- {recorded.id}, recorded\n{old}\n+++ {recorded.id}, executed\n{new}\n"


def texts(cell: nbformat.NotebookNode) -> str:
    """What a person reads of a cell's outputs, without the widths of columns."""
    done = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            done.append(output.text)
            continue
        if output.output_type == "error":
            done.append(f"{output.ename}: {output.evalue}")
            continue
        html = output.data.get("text/html", "")
        done.append("a picture" if "image/png" in output.data else html if html and "<table" not in html else output.data["text/plain"])
    return re.sub(r"[ \n]+", " ", "\n".join(done)).strip()


if __name__ == "__main__":
    sys.exit(main())
