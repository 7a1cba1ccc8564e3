//! `hubgate standin`: the Cognito stand-in by itself, for tests and for trying things out.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::standin::{Client, Config, Endpoint, Fault, Faults, Pool, Standin, read_users};
use crate::told::{self, Context as _, Failure};

/// The variable that holds a client secret.
const SECRET_VARIABLE: &str = "HUBGATE_CLIENT_SECRET";

/// Serve a stand-in for AWS Cognito on this machine until Ctrl-C.
///
/// Prints its URL on stdout when it is ready, and every request on stderr. The client secret comes from the variable
/// HUBGATE_CLIENT_SECRET or from files, never from the command line, which every user of the machine can read.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// People, as TOML: a [[users]] table each, with username, password, email, email_verified, groups …
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The URL that it is reached at, when something in front of it ends TLS
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The app client's id
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// File with an active client secret; may be there twice, and beside the variable, for a rotation
    #[arg(long, value_name = "FILE")]
    client_secret_file: Vec<PathBuf>,
    /// A registered callback URL; repeats
    #[arg(long, value_name = "URL", required = true)]
    callback: Vec<String>,
    /// A registered sign-out URL; repeats
    #[arg(long, value_name = "URL")]
    sign_out: Vec<String>,
    /// An allowed scope; repeats
    #[arg(long, value_name = "SCOPE", default_values_t = ["openid".to_owned(), "email".to_owned()])]
    scope: Vec<String>,
    /// The pool's id
    #[arg(long, value_name = "ID", default_value = "eu-west-1_StandIn01")]
    pool_id: String,
    /// Managed login (version 2) instead of the classic hosted UI
    #[arg(long)]
    managed_login: bool,
    /// Something that goes wrong; repeats
    #[arg(long, value_name = "NAME", value_enum)]
    fault: Vec<Fault>,
    /// How late the fault "slow" answers
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    delay: u64,
    /// Where the faults "slow", "hang" and "not-http" act, if not everywhere
    #[arg(long, value_name = "ENDPOINT", value_enum)]
    only_at: Option<Endpoint>,
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// When the users file or the secret cannot be read, or the stand-in cannot start.
pub fn run(args: Args) -> told::Result<ExitCode> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot wait for signals")?;
    let mut pool = Pool::new(read_users(&args.users)?);
    pool.id = args.pool_id.clone();
    pool.managed_login = args.managed_login;
    let client = Client {
        id: args.client_id.clone(),
        secrets: secrets(&args)?,
        callbacks: args.callback.clone(),
        sign_outs: args.sign_out.clone(),
        scopes: args.scope.clone(),
    };
    let mut config = Config::new(pool, vec![client]);
    config.address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), args.port);
    config.public_url = args
        .public_url
        .as_deref()
        .map(|url| url.trim_end_matches('/').to_owned());
    config.faults = Faults {
        active: args.fault.iter().copied().collect(),
        delay: Duration::from_secs(args.delay),
        only_at: args.only_at,
    };
    // Whoever reads stderr may be gone; the stand-in goes on.
    config.observer = Some(Arc::new(|seen| drop(writeln!(std::io::stderr(), "{seen}"))));
    let mut stand_in = Standin::start(config)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", stand_in.url())
        .and_then(|()| out.flush())
        .context("cannot write to stdout")?;
    signals.forever().next();
    stand_in.stop();
    Ok(ExitCode::SUCCESS)
}

/// The variable's secret and each file's, without the line break that editors add.
fn secrets(args: &Args) -> told::Result<Vec<SecretString>> {
    let mut secrets: Vec<SecretString> = Vec::new();
    secrets.extend(
        std::env::var(SECRET_VARIABLE)
            .ok()
            .filter(|value| !value.is_empty())
            .map(SecretString::from),
    );
    for file in &args.client_secret_file {
        let text = fs_err::read_to_string(file)?;
        secrets.push(text.trim_end_matches(['\r', '\n']).to_owned().into());
    }
    if secrets.is_empty() {
        return Err(Failure::new(format!(
            "the client secret is missing: set {SECRET_VARIABLE} or name a file with --client-secret-file"
        )));
    }
    Ok(secrets)
}
