#!/bin/sh
# Installs hubgate: gets the program for this machine, checks its SHA-256, puts it in place.
# Everything happens in main, which the last line calls: half a script does nothing.

# The version that this script installs unless told otherwise; the same as in Cargo.toml.
version=0.1.0
# Where releases are, with %VERSION% for the version. Empty, since none is published yet: give --from.
releases=''
# Ends the lines of a checksum file that was written on Windows.
cr=$(printf '\r')

usage() {
    cat << USAGE
Installs hubgate $version for Linux on x86_64 or aarch64.

  install.sh [--from URL|FOLDER | --from-source [CHECKOUT]] [--to FOLDER]

  --from URL|FOLDER      where hubgate-ARCH-unknown-linux-gnu lies, beside SHA256SUMS or
                         a .sha256 file of its own
  --sha256 HEX           the program's SHA-256, in place of those files
  --release VERSION      another version than $version, from the published releases
  --from-source [FOLDER] build a checkout (this folder, else the script's) with cargo
  --to FOLDER            default: /usr/local/bin for root, ~/.local/bin for others
  --version, --help

Needs curl or wget for a URL, and sha256sum, shasum or openssl. A second run changes nothing.

Examples:
  curl -fsSL https://downloads.example.org/hubgate/install.sh |
      sudo sh -s -- --from https://downloads.example.org/hubgate
  sh install.sh --from ./dist --to ~/bin
  sh install.sh --from-source
USAGE
}

main() {
    set -eu
    umask 022
    from='' sha256='' source='' to='' release=$version temporary='' sums=''
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    read_arguments "$@"
    choose_folder
    find_sha256_tool
    if [ -n "$source" ]; then
        build
    else
        find_machine
        find_origin
    fi
    make_temporary
    [ -n "$source" ] || find_expected
    if up_to_date; then
        say "$target is up to date ($("$target" --version))"
        return
    fi
    get_program
    check_program
    put_in_place
}

say() { printf 'hubgate: %s\n' "$*"; }
note() { printf 'hubgate: note: %s\n' "$*" >&2; }

# err WHAT [NEXT]: what happened, and what to do next.
err() {
    printf 'hubgate: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '    %s\n' "$2" >&2
    exit 1
}
usage_err() {
    printf 'hubgate: error: %s\n    see --help\n' "$1" >&2
    exit 2
}
has_cmd() { command -v "$1" > /dev/null 2>&1; }
# need_cmd NAME NEXT
need_cmd() { has_cmd "$1" || err "$1 is needed and not there" "$2"; }

clean_up() {
    [ -z "$temporary" ] || rm -f "$temporary" "$temporary.sums"
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        --from-source)
            source=here
            case ${2:--} in
            -*) ;;
            *) source=$2 && shift ;;
            esac
            ;;
        --from | --to | --sha256 | --release)
            [ -n "${2:-}" ] || usage_err "$1 needs a value"
            case $1 in
            --from) from=$2 ;;
            --to) to=$2 ;;
            --sha256) sha256=$2 ;;
            --release) release=${2#v} ;;
            esac
            shift
            ;;
        --version) say "installer of version $version" && exit 0 ;;
        -h | --help) usage && exit 0 ;;
        *) usage_err "what is '$1'?" ;;
        esac
        shift
    done
    [ -z "$from" ] || [ -z "$source" ] || usage_err "--from and --from-source exclude each other"
    [ -z "$sha256" ] || is_sha256 "$sha256" || usage_err "--sha256 takes 64 hexadecimal digits"
    sha256=$(lower "$sha256")
}

choose_folder() {
    if [ -z "$to" ] && [ "$(id -u)" -eq 0 ]; then
        to=/usr/local/bin
    elif [ -z "$to" ]; then
        [ -n "${HOME:-}" ] || err "HOME is not set, so nobody knows where to install" "name a folder with --to"
        to=$HOME/.local/bin
    fi
    case $to in
    /*) ;;
    *) to=$PWD/$to ;;
    esac
    target=${to%/}/hubgate
    [ ! -d "$target" ] || err "$target is a folder" "remove it, or choose another folder with --to"
}

find_machine() {
    [ "$(uname -s)" = Linux ] || err "there is no hubgate for $(uname -s)" "run it on Linux"
    case $(uname -m) in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) err "there is no ready-made hubgate for $(uname -m)" "build it from a checkout: sh install.sh --from-source" ;;
    esac
    name=hubgate-$machine-unknown-linux-gnu
}

# Where from? Leaves a URL or a folder in $from, without a slash at its end.
find_origin() {
    if [ -z "$from" ]; then
        [ -n "$releases" ] || err "no release of hubgate is published yet" \
            "say where it lies with --from URL or --from FOLDER, or build it with --from-source"
        from=$(printf '%s' "$releases" | sed "s/%VERSION%/$release/g")
    fi
    from=${from%/}
    case $from in
    https://* | http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) find_downloader ;;
    http://*)
        # Whoever can change the program on its way can change its checksum, too.
        [ -n "$sha256" ] || err "$from is not encrypted" "use https, or give the program's --sha256"
        find_downloader
        ;;
    *://*) [ "${from#file://}" != "$from" ] || err "$from is no https URL" "give https://… or a folder" ;;
    esac
    from=${from#file://}
    is_url || [ -d "$from" ] || err "there is no folder $from" "name the folder that holds $name"
}
is_url() {
    case $from in
    http://* | https://*) ;;
    *) return 1 ;;
    esac
}
find_downloader() {
    if has_cmd curl; then
        downloader=curl
    elif has_cmd wget; then
        downloader=wget
    else
        err "curl or wget is needed to download, and neither is there" \
            "install one (apt-get install curl), or copy the files here and use --from FOLDER"
    fi
}
find_sha256_tool() {
    has_cmd sha256sum || has_cmd shasum || need_cmd openssl "so is sha256sum, or shasum: one of them checks the program"
}

# A file of ours in the target folder: renamed at the end, it appears whole or not at all.
make_temporary() {
    mkdir -p "$to" 2> /dev/null && temporary=$(mktemp "$to/.hubgate.XXXXXX" 2> /dev/null) && return
    if [ "$(id -u)" -eq 0 ]; then
        err "cannot write into $to: is it read-only, or full?" "choose another folder with --to"
    fi
    err "cannot write into $to as $(id -un)" "run it with sudo, or choose another folder with --to"
}

# fetch NAME FILE: one file of the origin. Fails quietly when it is not there; $why tells more.
fetch() {
    why=''
    if ! is_url; then
        [ -e "$from/$1" ] || return 1
        why=$(cp "$from/$1" "$2" 2>&1) || fetch_failed "$1"
    elif [ "$downloader" = curl ]; then
        protocols='=https'
        [ "${from#http:}" = "$from" ] || protocols='=http,https'
        why=$(curl --fail --silent --show-error --location --proto "$protocols" --connect-timeout 20 \
            --speed-limit 1 --speed-time 60 --retry 3 --output "$2" "$from/$1" 2>&1) || return 1
    elif wget --version 2> /dev/null | grep -q GNU; then
        # It would try twenty times.
        why=$(wget --no-verbose --timeout=60 --tries=3 -O "$2" "$from/$1" 2>&1) || return 1
    else
        # (Not even a deadline: the -T of Debian's BusyBox crashes.)
        why=$(wget -O "$2" "$from/$1" 2>&1) || return 1
    fi
}
fetch_failed() {
    left=$(free_kilobytes)
    [ "${left:-1024}" -ge 1024 ] || err "$to is full: $left kB are left" "make room, or choose another folder with --to"
    err "cannot get $from/$1${why:+: $why}" "is the address right, and can this machine reach it?"
}
free_kilobytes() {
    df -Pk "$to" | {
        read -r _
        read -r _ _ _ available _
        printf '%s' "$available"
    }
}

# The checksum that the program must have, before a byte of it is trusted.
find_expected() {
    [ -z "$sha256" ] || return 0
    sums=$temporary.sums
    if fetch "$name.sha256" "$sums"; then
        read -r sha256 _ < "$sums" || [ -n "$sha256" ] || sha256=''
        sha256=${sha256%"$cr"}
    elif fetch SHA256SUMS "$sums"; then
        while read -r sum file _ || [ -n "$sum" ]; do
            file=${file%"$cr"} file=${file#\*}
            [ "${file#./}" != "$name" ] || sha256=$sum
        done < "$sums"
        [ -n "$sha256" ] || err "$from/SHA256SUMS does not name $name" "is this hubgate's folder, and for this machine?"
    else
        [ -z "$why" ] || fetch_failed "SHA256SUMS"
        err "there is neither $name.sha256 nor SHA256SUMS in $from" "unchecked, nothing is installed; give --sha256 if you know it"
    fi
    is_sha256 "$sha256" || err "what $from says of $name is no SHA-256" "was its checksum file cut off? Try again"
    sha256=$(lower "$sha256")
}
is_sha256() {
    case $1 in
    *[!0-9a-fA-F]*) return 1 ;;
    esac
    [ ${#1} -eq 64 ]
}
lower() { printf '%s' "$1" | tr A-F a-f; }
sha256_of() {
    if has_cmd sha256sum; then
        found=$(sha256sum < "$1")
    elif has_cmd shasum; then
        found=$(shasum -a 256 < "$1")
    else
        found=$(openssl dgst -sha256 -r < "$1")
    fi
    printf '%s' "${found%% *}"
}

up_to_date() {
    [ -f "$target" ] && [ -x "$target" ] && [ "$(sha256_of "$target")" = "$sha256" ]
}

get_program() {
    if [ -n "$source" ]; then
        why=$(cp "$built" "$temporary" 2>&1) || fetch_failed "$built"
    else
        say "getting $name from $from"
        fetch "$name" "$temporary" || fetch_failed "$name"
    fi
}

check_program() {
    found=$(sha256_of "$temporary")
    [ "$found" = "$sha256" ] || err "what came is not the program: its SHA-256 is $found, and must be $sha256" \
        "nothing was installed; the download was cut off or changed on its way: try again"
    chmod 755 "$temporary"
    says=$("$temporary" --version 2>&1) ||
        err "it does not run on this machine: $says" "nothing was installed; it needs glibc 2.17 or newer, and a folder that is not mounted noexec"
}

put_in_place() {
    mv -f "$temporary" "$target" || err "cannot put it in place as $target" "nothing was installed"
    temporary=''
    [ -z "$sums" ] || rm -f "$sums"
    say "$says is installed as $target"
    case ":$PATH:" in
    *":${to%/}:"*)
        first=$(command -v hubgate || true)
        [ "$first" = "$target" ] || note "your shell finds another one first: $first"
        ;;
    *) note "your shell does not look there: add it with  export PATH=\"${to%/}:\$PATH\"" ;;
    esac
    # sudo has a PATH of its own, and people's own folders are not in it.
    case $(id -u):$to in
    0:* | *:/usr/*) ;;
    *) note "sudo does not look there: what needs root is called as  sudo \"$target\" apply" ;;
    esac
}

build() {
    need_cmd cargo "install Rust for $(id -un) (https://rustup.rs); with sudo it is root who needs it"
    if [ "$source" = here ]; then
        source=.
        [ -e Cargo.toml ] || source=$(dirname "$0")
    fi
    checkout=$(cd "$source" 2> /dev/null && pwd) || err "there is no folder $source" "name a checkout: --from-source FOLDER"
    grep -q '^name = "hubgate"$' "$checkout/Cargo.toml" 2> /dev/null ||
        err "$checkout is no checkout of hubgate" "name one: --from-source FOLDER"
    say "building $checkout"
    # Where cargo puts it must not depend on what this user has set up.
    built=${CARGO_TARGET_DIR:-$checkout/target}
    (
        unset CARGO_BUILD_TARGET
        cd "$checkout" && cargo build --release --locked --target-dir "$built"
    ) || err "cargo could not build it" "nothing was installed"
    case $built in
    /*) ;;
    *) built=$checkout/$built ;;
    esac
    built=$built/release/hubgate
    sha256=$(sha256_of "$built")
}

# In braces, so that a line that is cut off is no command.
{ main "$@"; }
