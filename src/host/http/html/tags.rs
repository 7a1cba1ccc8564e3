//! Which tags close which.

const VOID: &str = "area base br col embed hr img input link meta param source track wbr";
const SILENT: &str = "iframe noembed noframes noscript script style";
const TABLE_PARTS: &str = "caption table tbody td tfoot th thead tr";
const BARRIERS: &str = "caption html marquee object table td th";
const NEVER_NESTED: &str = "a button dd dt li option";
/// These end an open paragraph.
const BLOCKS: &str = "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer \
    form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul xmp";
const OTHER_BLOCKS: &str = "body button dd dt head li select tbody template textarea tfoot thead tr";

/// What an element is to the end tags inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of running text, such as `<b>`.
    Running,
    /// The end of running text does not reach across it.
    Block,
    /// Nor does any other end tag.
    Barrier,
}

impl Kind {
    pub(super) fn of(name: &str) -> Self {
        if is_one_of(BARRIERS, name) {
            Kind::Barrier
        } else if is_one_of(BLOCKS, name) || is_one_of(OTHER_BLOCKS, name) {
            Kind::Block
        } else {
            Kind::Running
        }
    }
}

/// Has no content, so no end.
pub(super) fn is_void(name: &str) -> bool {
    is_one_of(VOID, name)
}

/// Holds no text for people.
pub(super) fn is_silent(name: &str) -> bool {
    is_one_of(SILENT, name)
}

pub(super) fn is_of_a_table(name: &str) -> bool {
    is_one_of(TABLE_PARTS, name)
}

/// Is never inside of its own kind: the next one ends the one before.
pub(super) fn is_never_nested(name: &str) -> bool {
    is_one_of(NEVER_NESTED, name)
}

pub(super) fn ends_paragraph(name: &str) -> bool {
    is_one_of(BLOCKS, name)
}

fn is_one_of(names: &str, name: &str) -> bool {
    names.split(' ').any(|other| other == name)
}
