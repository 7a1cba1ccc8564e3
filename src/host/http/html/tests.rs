use super::*;

fn names(page: &str) -> Vec<String> {
    let html = Html::parse(page);
    html.elements().map(|element| element.name().to_owned()).collect()
}

/// What the first element of this name says.
fn said(page: &str, name: &str) -> String {
    let html = Html::parse(page);
    let found = html.elements().find(|element| element.name() == name);
    found.expect(page).text()
}

fn value(page: &str) -> Option<String> {
    let html = Html::parse(page);
    let first = html.elements().next()?;
    first.attr("x").map(str::to_owned)
}

#[test]
fn an_attribute_has_whatever_quotes_and_case() {
    for page in [
        "<a x='y z'>",
        "<A X=\"y z\"/>",
        "<a\tX\r\n=\n'y z'>",
        "<a x=y&#32z>",
        "<a x='y z' x=2>",
    ] {
        assert_eq!(value(page).as_deref(), Some("y z"), "{page}");
    }
    assert_eq!(value("<a x=/y/z>").as_deref(), Some("/y/z"));
    assert_eq!(value("<a x>").as_deref(), Some(""));
    assert_eq!(value("<a y='x=1'>"), None);
}

#[test]
fn references_are_read_as_browsers_do() {
    assert_eq!(
        value("<a x='?a=1&amp;b=&quot;&#39;&#34;&#x27;&lt;&gt;'>").as_deref(),
        Some("?a=1&b=\"'\"'<>")
    );
    // Not the copyright sign: an address that nobody has escaped.
    assert_eq!(value("<a x='?a=1&copy=2&&#'>").as_deref(), Some("?a=1&copy=2&&#"));
    assert_eq!(
        said("<p>Fish &amp; chips&nbsp;&#8212; &amp;lt;</p>", "p"),
        "Fish & chips — &lt;"
    );
}

#[test]
fn scripts_styles_and_comments_say_nothing() {
    let page = "<p>a<script>if (i<b && '<p class=x>') { document.write('</p>') }</script><style>b > c {}</style>\
        <!-- <p>d -- > --><noscript><p>e</p></noscript>f</p>";
    assert_eq!(said(page, "p"), "af");
    assert_eq!(names(page), ["p", "script", "style", "noscript"]);
    assert_eq!(said("<title>a <b>&amp; c</title><p>", "title"), "a <b>& c");
}

#[test]
fn an_end_that_is_missing_or_too_many_does_little_harm() {
    for page in [
        "<div><p>a</div><i>b</i>",
        "<div><b>a</div><i>b</i>",
        "<div>a</b></p></div></div><i>b</i>",
        "<div><p>a<p></p></p></DIV ><i>b</i>",
        "<div><br/>a<img src=x></br></div><i>b</i>",
        "<div><table><tr><td></div>a</table></div><i>b</i>",
    ] {
        assert_eq!(said(page, "div"), "a", "{page}");
        assert_eq!(said(page, "i"), "b", "{page}");
    }
    // An end of running text stays inside of its block.
    assert_eq!(said("<b><div>a</b>c</div>", "div"), "ac");
    assert_eq!(said("<p>a<div>b</div>", "p"), "a");
    assert_eq!(said("<a>a<a>b", "a"), "a");
    assert_eq!(said("<form>a<form>b</form>c", "form"), "ab");
}

#[test]
fn elements_inside_are_those_inside() {
    let html = Html::parse("<div class='x modal'><p>a</p></div><p>b<i>c</i></p>");
    let inside = |index: usize| {
        let element = html.elements().nth(index).unwrap();
        element.elements().map(|inner| inner.name()).collect::<Vec<_>>()
    };
    assert_eq!((inside(0), inside(1), inside(2)), (vec!["p"], vec![], vec!["i"]));
    let seen = html.elements_not_inside(|element| element.has_class("modal"));
    assert_eq!(
        seen.map(|element| element.text()).collect::<Vec<_>>(),
        ["a", "bc", "c"]
    );
}

#[test]
fn what_is_no_html_does_not_upset_it() {
    for page in [
        "",
        "<",
        "</",
        "<!",
        "<!-",
        "<a",
        "<a x",
        "<a x=",
        "<a x='",
        "</a x=1>",
        "<>",
        "&#",
        "&#x110000;",
        "\0<\0>",
        "<!doctype",
        "<![CDATA[<p>]]>",
        "<?php <p>",
        "<script>",
        "<title>",
        "</p></div>",
        "<form></form></form>",
    ] {
        for html in [Html::parse(page), Html::parse(&page.repeat(3))] {
            for element in html.elements() {
                assert!(
                    element.elements().count() < 9 && element.text().len() < 99,
                    "{page}"
                );
            }
        }
    }
}

/// What took quadratic time would not end within a test's time.
#[test]
fn no_page_takes_long_or_much() {
    for (piece, end) in [
        ("<div>", ""),
        ("<div>", "</div>"),
        ("<b>", "</i>"),
        ("<p>x", ""),
        ("<a class=btn>", ""),
        ("<table><button>", "x"),
        ("<form><input name=x>", ""),
        ("<a ", ""),
        ("<a x=\"", ""),
        ("<!--", ""),
        ("<script>", ""),
        ("&", ""),
        ("&#1", ""),
        ("<", ""),
        ("text ", ""),
    ] {
        let page = piece.repeat(30_000) + &end.repeat(30_000);
        let html = Html::parse(&page);
        let said: usize = html.elements().map(|element| element.text().len()).sum();
        assert!(
            html.entries.len() <= MOST_TAGS && said <= MOST_DEPTH * MOST_TEXT,
            "{piece}"
        );
    }
}
