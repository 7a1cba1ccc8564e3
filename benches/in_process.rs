//! How many different hubs one core renders in a second: all five files of each, with templates that
//! are parsed once. Run by `benches/run`, or with `cargo bench --bench in_process`.

use std::path::Path;
use std::time::{Duration, Instant};

use hubgate::answers::{Answers, Given, Key, Origin, Problems, read_file, resolve};
use hubgate::render::{Renderer, render_with};

const HUBS: usize = 10_000;

fn main() {
    let mut problems = Problems::default();
    let example = include_str!("../fixtures/answers/example.toml");
    let layer = read_file(Path::new("example.toml"), example, &mut problems);
    let hub = |number: usize| -> Answers {
        let mut layer = layer.clone();
        let url = Given::one(format!("https://hub-{number}.example.org"), Origin::Prompt);
        layer.insert(Key::HubUrl, url);
        layer.insert(
            Key::ClientId,
            Given::one(format!("client{number:020}"), Origin::Prompt),
        );
        match resolve(&layer, None, problems.clone()) {
            Ok(checked) => checked.answers,
            Err(problems) => panic!("{problems}"),
        }
    };
    let hubs: Vec<Answers> = (0..HUBS).map(hub).collect();
    let renderer = Renderer::new().unwrap_or_else(|error| panic!("{error}"));
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        let mut bytes = 0;
        for answers in &hubs {
            let files = render_with(&renderer, answers, None).unwrap_or_else(|error| panic!("{error}"));
            bytes += files.iter().map(|file| file.text.len()).sum::<usize>();
        }
        best = best.min(started.elapsed());
        assert!(bytes > HUBS * 10_000);
    }
    let each = best.as_secs_f64() / HUBS as f64;
    println!(
        "{:.0} hubs a second on one core, {:.1} µs each (best of 5)",
        1.0 / each,
        each * 1e6
    );
}
