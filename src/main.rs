//! Parses, dispatches, exits; nothing else.

fn main() -> std::process::ExitCode {
    hubgate::cli::main()
}
