//! Reads `hubgate.toml`: which values it gives and where each stands.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::given::{self, Given, Layer};
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
            let what = format!(
                "this is not TOML: {}",
                error.message().lines().next().unwrap_or_default()
            );
            reader.problem(
                None,
                origin,
                what,
                "texts stand in double quotes: domain = \"my-hub.auth.…\"",
            );
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
            if !known.contains(&name) {
                let remedy = match Key::all()
                    .map(Key::setting)
                    .find(|s| s.name == name || s.flag == name)
                {
                    Some(setting) => format!("put {} into the table [{}]", setting.name, setting.table),
                    None => did_you_mean(
                        name,
                        known,
                        "the tables are hub, https, cognito, access and target",
                    ),
                };
                self.problem(None, origin, format!("there is no table [{name}]"), &remedy);
                continue;
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
                None => {
                    let remedy = self.nearest_setting(table_name, name);
                    self.problem(
                        None,
                        origin,
                        format!("there is no setting {table_name}.{name}"),
                        &remedy,
                    );
                }
            }
        }
    }

    fn nearest_setting(&self, table: &str, name: &str) -> String {
        if let Some(elsewhere) = Key::all()
            .map(Key::setting)
            .find(|s| s.name == name || s.flag.replace('-', "_") == name)
        {
            return format!("did you mean {}?", elsewhere.dotted());
        }
        let names: Vec<&str> = Key::all()
            .map(Key::setting)
            .filter(|s| s.table == table)
            .map(|s| s.name)
            .collect();
        let all = format!("[{table}] has {}", names.join(", "));
        did_you_mean(name, names, &all)
    }

    fn value(&mut self, key: Key, item: &Item, key_origin: Origin) {
        let origin = item.span().map_or(key_origin, |span| self.origin(Some(span)));
        let given = match (key.setting().kind, item) {
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
        let (wants, example) = match setting.kind {
            Kind::Text => ("a text in double quotes", format!("{} = \"…\"", setting.name)),
            Kind::Switch => ("true or false", format!("{} = true", setting.name)),
            Kind::List => ("a list of texts", format!("{} = [\"…\", \"…\"]", setting.name)),
        };
        let what = format!(
            "{} is {}, this is {}",
            setting.dotted(),
            wants,
            with_article(item.type_name())
        );
        self.problem(Some(key), origin, what, &format!("write {example}"));
    }

    fn problem(&mut self, key: Option<Key>, origin: Origin, what: String, remedy: &str) {
        self.problems.add(Problem {
            key,
            origin: Some(origin),
            what,
            remedy: remedy.to_owned(),
        });
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

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    let typed = name.to_lowercase().replace('-', "_");
    let near = known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&typed, k), k))
        .min();
    match near {
        Some((distance, k)) if distance <= 1 + k.len() / 4 => format!("did you mean {k}?"),
        _ => otherwise.to_owned(),
    }
}
