"""CSV text as pandas reads it: random text with quotes, line ends and separators anywhere, and random options as a
dataset's card gives them (those of `datasets`' CsvConfig).

Writes test/fixtures/data/csv.json. Run with `pandas` installed: python test/reference/data_csv.py [CASES] [FILE]
"""

import io
import json
import pathlib
import random
import re
import sys
import warnings

import pandas

OUT = pathlib.Path(__file__).parents[1] / "fixtures" / "data" / "csv.json"
SIGNS = ["a", "b", "é", " ", '"', '"', "'", ",", ",", ";", "|", "\t", "\n", "\n", "\r\n", "\r", "#", "\\", "1", ""]


def options(draw):
    chosen = {}
    if draw.random() < 0.3:
        chosen[draw.choice(["sep", "delimiter"])] = draw.choice([",", ";", "|", "\t"])
    if draw.random() < 0.2:
        chosen["quotechar"] = draw.choice(['"', "'"])
    if draw.random() < 0.15:
        chosen["quoting"] = draw.choice([0, 1, 3])
    if draw.random() < 0.15:
        chosen["escapechar"] = "\\"
    if draw.random() < 0.15:
        chosen["doublequote"] = draw.random() < 0.5
    if draw.random() < 0.2:
        chosen["skipinitialspace"] = True
    if draw.random() < 0.15:
        chosen["skip_blank_lines"] = False
    if draw.random() < 0.15:
        chosen["comment"] = "#"
    if draw.random() < 0.2:
        chosen["skiprows"] = draw.choice([1, 2, [0], [1], [0, 2]])
    if draw.random() < 0.1:
        chosen["nrows"] = draw.choice([1, 2])
    if draw.random() < 0.1:
        chosen["lineterminator"] = draw.choice(["\n", ";"])
    return chosen


def text(draw, width, sep):
    """Rows of `width` cells, most of them, of any signs."""
    rows = []
    for _ in range(draw.randint(1, 5)):
        cells = []
        for _ in range(width):
            cell = "".join(draw.choice(SIGNS) for _ in range(draw.randint(0, 5)))
            if draw.random() < 0.4:
                cell = '"' + cell.replace('"', '""') + '"'
            cells.append(cell)
        rows.append(sep.join(cells) + draw.choice(["\n", "\n", "\r\n", "\r", "\n\n", "\n \t\n"]))
    return "".join(rows)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    draw = random.Random(20)
    warnings.simplefilter("error")
    cases = []
    while len(cases) < count:
        chosen = options(draw)
        sep = chosen.get("delimiter", chosen.get("sep", ","))
        width = draw.randint(1, 3)
        names = ["x", "y", "z"][:width]
        content = text(draw, width, sep)
        # A line that is nothing but CR is read by pandas as the start of the next.
        if re.search(r"(^|[\r\n])\r(?!\n)", content):
            continue
        given = dict(chosen)
        kwargs = dict(chosen)
        if draw.random() < 0.5 or "header" in chosen:
            given[draw.choice(["names", "column_names"])] = names
            kwargs["names"] = names
        else:
            content = sep.join(names) + "\n" + content
        kwargs |= {"dtype": str, "keep_default_na": False, "index_col": False}
        try:
            frame = pandas.read_csv(io.StringIO(content, newline=""), **kwargs)
        except (pandas.errors.ParserError, pandas.errors.ParserWarning, pandas.errors.EmptyDataError, ValueError):
            continue
        if list(frame.columns) != names or len(frame) == 0:
            continue
        rows = [[str(value) for value in row] for row in frame.itertuples(index=False)]
        cases.append({"options": given, "text": content, "rows": rows, "columns": names})
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    out.write_text(f'{{"pandas": "{pandas.__version__}", "cases": [\n{lines}\n]}}\n', encoding="utf-8")


main()
