#!/bin/bash
# Runs rendered shell files with every command replaced by one that notes its words, so that a test
# can compare what bash made of them with what went in.
#
#     record.bash FOLDER RECORDS CASE…
#
# FOLDER is for temporary files. Each record is a count and that many words, all ended by NUL. Each
# CASE is a folder with user-data.sh and commands.sh, in which commands named by a path have become
# the functions hub_python, aws_bin and pip_bin.
set -u
sandbox=$1
exec 8> "$2"
shift 2
mkdir -p "$sandbox/work"
# shellcheck disable=SC2123  # no command but the functions below
PATH=/nonexistent

record() {
    builtin printf '%s\0' "$#" "$@" >&8
}
for name in rm touch chmod install mv apt-get journalctl sleep pip_bin tljh-config timeout; do
    eval "$name() { record $name \"\$@\"; }"
done
printf() {
    record printf "$@"
    # shellcheck disable=SC2059  # it is printf itself
    builtin printf "$@"
}
cat() {
    record cat "$@"
    builtin printf 'canned_secret\n'
}
printenv() {
    record printenv "$@"
    builtin printf 'canned_secret\n'
}
aws() {
    record aws "$@"
    builtin printf 'canned_secret\n'
}
aws_bin() {
    record aws_bin "$@"
    builtin printf 'canned_secret\n'
}
python3() {
    record python3 "$@"
}
# Is the item there? No. Does the JSON have the key? Yes.
hub_python() {
    record hub_python "$@"
    [ "$1" = -m ] || [ "$#" -lt 4 ]
}
mktemp() {
    if [ "$1" = -d ]; then
        builtin printf '%s\n' "$sandbox/work"
    else
        builtin printf '%s\n' "$sandbox/work/secret"
    fi
}
dirname() {
    builtin printf '.\n'
}
date() {
    builtin printf 'now\n'
}
grep() {
    return 0
}
tr() {
    builtin printf 'canned_secret\n'
}
curl() {
    record curl "$@"
    case $* in
    *bootstrap.py*) ;;
    *latest/api/token*) builtin printf 'token' ;;
    *placement/region*) builtin printf 'metadata-region' ;;
    *oauth_login*)
        # shellcheck disable=SC2154  # the script sets them
        record variables "$hub_url" "$hub_host" "$base_url" "$authorize_url"
        builtin printf '%s?client_id=x' "$authorize_url"
        ;;
    *redirect_url*) builtin printf 'https://hub.example.org/hub/oauth_login?next=' ;;
    *) builtin printf 'Sign in with AWS Cognito' ;;
    esac
}

for case in "$@"; do
    for script in user-data.sh commands.sh; do
        record script "$case" "$script"
        (
            # shellcheck source=/dev/null
            source "$case/$script"
        ) <<< 'typed-secret' > "$sandbox/work/stdout" 2> "$sandbox/work/stderr"
        record status "$?" "$(< "$sandbox/work/stderr")"
    done
done
