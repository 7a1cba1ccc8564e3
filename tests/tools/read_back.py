"""Reads rendered files as Python and a Markdown parser do, for the tests to compare.

Each line on standard input is a case's folder and whether to read its REVIEW.md, each on standard
output a JSON object: what awscognito.py sets, and what stands as code in REVIEW.md.
"""

import ast
import json
import sys

from markdown_it import MarkdownIt

OLDEST = (3, 9)


def settings(text):
    """Each `c.GenericOAuthenticator.X = …`, as its value or as the source of what is no literal."""
    found = []
    for node in ast.walk(ast.parse(text, feature_version=OLDEST)):
        if not isinstance(node, ast.Assign):
            continue
        name = ast.unparse(node.targets[0])
        if name != "claim" and not name.startswith("c.GenericOAuthenticator."):
            continue
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            value = {"source": ast.unparse(node.value)}
        found.append([name.removeprefix("c.GenericOAuthenticator."), value])
    return dict(found) if len(dict(found)) == len(found) else {"set twice": found}


def codes(children):
    """What stands as code in one run of text: code spans, and `<code>` elements."""
    element = None
    for token in children:
        if token.type == "html_inline" and token.content == "<code>":
            element = ""
        elif token.type == "html_inline" and token.content == "</code>":
            yield element
            element = None
        elif token.type == "html_inline":
            yield "HTML: " + token.content
        elif element is not None:
            element += token.content
        elif token.type == "code_inline":
            yield token.content


def review(text, markdown):
    """The shape of the document, and its code."""
    tokens = markdown.parse(text)
    kinds = [token.type for token in tokens if token.type.endswith("_open") or token.nesting == 0]
    counted = ("heading_open", "table_open", "list_item_open", "fence", "html_block", "tr_open")
    shape = {kind: kinds.count(kind) for kind in counted}
    found = [code for token in tokens if token.type == "inline" for code in codes(token.children)]
    return {"shape": shape, "codes": found}


def main():
    markdown = MarkdownIt("commonmark").enable("table")
    for line in sys.stdin:
        folder, with_review = line.rstrip("\n").split("\t")
        with open(folder + "/awscognito.py", encoding="utf-8") as file:
            text = file.read()
        compile(text, "awscognito.py", "exec")
        answer = {"settings": settings(text), "ascii": text.isascii()}
        if with_review == "yes":
            with open(folder + "/REVIEW.md", encoding="utf-8") as file:
                answer["review"] = review(file.read(), markdown)
        print(json.dumps(answer), flush=False)


if __name__ == "__main__":
    main()
