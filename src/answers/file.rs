//! Reads `hubgate.toml`: which values it gives and where each stands.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::given::{self, Given, Layer};
use super::nearest::nearest;
use super::origin::Origin;
use super::problem::{Problem, Problems};
use super::setting::{Key, Kind};

/// Reads the text of an answers file. What is wrong with it goes to `problems`; what is right is
/// returned all the same, so that everything can be reported at once.
///
/// No message quotes the file's text: a person may have pasted the secret into it.
pub fn read_file(path: &Path, text: &str, problems: &mut Problems) -> Layer {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        path,
        text,
        problems,
        layer: Layer::new(),
    };
    match Document::parse(text) {
        Ok(document) => reader.tables(document.as_table()),
        Err(error) => {
            let origin = reader.origin(error.span());
            let said = error.message().lines().next().unwrap_or_default();
            let remedy = if said.contains("duplicate") {
                "keep one of the two"
            } else {
                "texts stand in double quotes: domain = \"my-hub.auth.…\""
            };
            let what = format!("this is not TOML: {said}");
            reader
                .problems
                .add_unread(Problem::new(None, Some(origin), what, remedy));
        }
    }
    reader.layer
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    problems: &'a mut Problems,
    layer: Layer,
}

impl Reader<'_> {
    fn tables(&mut self, root: &dyn TableLike) {
        for (name, item) in root.iter() {
            let origin = self.origin(root.key(name).and_then(toml_edit::Key::span));
            let known: Vec<&str> = Key::all().map(|key| key.setting().table).collect();
            let mut name = name;
            if !known.contains(&name) {
                let what = if item.is_table_like() {
                    format!("there is no table [{name}]")
                } else {
                    format!("{name} stands outside of every table")
                };
                if let Some(key) =
                    Key::all().find(|key| [key.setting().name, key.setting().flag].contains(&name))
                {
                    let setting = key.setting();
                    let remedy = format!("put {} into the table [{}]", setting.name, setting.table);
                    self.problems.add(Problem {
                        unknown_name: item.is_table_like(),
                        ..Problem::at(key, origin, what, remedy)
                    });
                    continue;
                }
                let near = nearest(name, known);
                let remedy = near.map_or(
                    "the tables are hub, https, cognito, access and target".to_owned(),
                    |table| format!("did you mean [{table}]?"),
                );
                self.problem(None, origin.clone(), what, &remedy);
                // What stands in it is not missing.
                let Some(near) = near else { continue };
                name = near;
            }
            match item.as_table_like() {
                Some(table) => self.settings(name, table),
                None => self.problem(
                    None,
                    origin,
                    format!("{name} is a table"),
                    &format!("write [{name}] on a line of its own"),
                ),
            }
        }
    }

    fn settings(&mut self, table_name: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let origin = self.origin(table.key(name).and_then(toml_edit::Key::span));
            let found =
                Key::all().find(|key| key.setting().table == table_name && key.setting().name == name);
            match found {
                Some(key) => self.value(key, item, origin),
                None => self.unknown_setting(table_name, name, origin),
            }
        }
    }

    fn unknown_setting(&mut self, table: &str, name: &str, origin: Origin) {
        let what = format!("there is no setting {table}.{name}");
        let elsewhere = Key::all().find(|key| {
            let setting = key.setting();
            setting.name == name || setting.flag.replace('-', "_") == name
        });
        let names: Vec<&str> = Key::all()
            .map(Key::setting)
            .filter(|setting| setting.table == table)
            .map(|setting| setting.name)
            .collect();
        let near = nearest(name, names.iter().copied());
        let meant = elsewhere.or_else(|| {
            Key::all().find(|key| key.setting().table == table && Some(key.setting().name) == near)
        });
        let remedy = match meant {
            Some(key) => format!("did you mean {}?", key.setting().dotted()),
            None => format!("[{table}] has {}", names.join(", ")),
        };
        // With its key, so that what was misspelt is not called missing too.
        self.problems.add(Problem {
            unknown_name: true,
            ..Problem::new(meant, Some(origin), what, remedy)
        });
    }

    fn value(&mut self, key: Key, item: &Item, key_origin: Origin) {
        let origin = item.span().map_or(key_origin, |span| self.origin(Some(span)));
        let given = match (key.setting().kind(), item) {
            (Kind::Text, item) => item.as_str().map(|text| Given::one(text, origin.clone())),
            (Kind::Switch, item) => item
                .as_bool()
                .map(|on| Given::one(on.to_string(), origin.clone())),
            (Kind::List, item) => self.list(item, &origin),
        };
        match given {
            Some(given) => {
                self.layer.insert(key, given);
            }
            None => self.wrong_type(key, item, origin),
        }
    }

    /// A list; one text alone counts as a list of one.
    fn list(&self, item: &Item, origin: &Origin) -> Option<Given> {
        if let Some(text) = item.as_str() {
            return Some(Given::one(text, origin.clone()));
        }
        let items = item.as_array()?.iter().map(|value| {
            Some(given::Item {
                text: value.as_str()?.to_owned(),
                origin: self.origin(value.span()),
            })
        });
        Some(Given {
            items: items.collect::<Option<_>>()?,
            origin: origin.clone(),
        })
    }

    fn wrong_type(&mut self, key: Key, item: &Item, origin: Origin) {
        let setting = key.setting();
        let (wants, example) = match setting.kind() {
            Kind::Text => ("a text in double quotes", format!("{} = \"…\"", setting.name)),
            Kind::Switch => ("true or false", format!("{} = true", setting.name)),
            Kind::List => ("a list of texts", format!("{} = [\"…\", \"…\"]", setting.name)),
        };
        // In a list, what is wrong is an item.
        let wrong = item.as_array().filter(|_| setting.kind() == Kind::List);
        let wrong = wrong.and_then(|array| array.iter().find(|value| !value.is_str()));
        let origin = wrong
            .and_then(toml_edit::Value::span)
            .map_or(origin, |span| self.origin(Some(span)));
        let type_name = wrong.map_or(item.type_name(), toml_edit::Value::type_name);
        let what = format!(
            "{} is {wants}, this is {}",
            setting.dotted(),
            with_article(type_name)
        );
        self.problem(Some(key), origin, what, &format!("write {example}"));
    }

    fn problem(&mut self, key: Option<Key>, origin: Origin, what: String, remedy: &str) {
        self.problems.add(Problem::new(key, Some(origin), what, remedy));
    }

    fn origin(&self, span: Option<Range<usize>>) -> Origin {
        let at = span.map_or(0, |span| span.start).min(self.text.len());
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Origin::File {
            path: self.path.to_owned(),
            line,
            column,
        }
    }
}

fn with_article(type_name: &str) -> String {
    let article = if type_name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {type_name}")
}
