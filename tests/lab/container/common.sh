# shellcheck shell=bash disable=SC2034 # the scripts that source this use its variables
# What build and lab share: where things are kept, and a container that is nobody else's.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../../.." && pwd)
cache=${HUBGATE_LAB_CACHE:-$project/target/lab-container}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# mount_layers TARGET UPPER WORK LOWER...: lay folders over each other, the first LOWER on top. With redirects,
# a folder of theirs can be renamed without being copied.
mount_layers() {
    local target=$1 upper=$2 work=$3 lower=$4
    shift 4
    for layer in "$@"; do lower+=:$layer; done
    mkdir -p "$target" "$upper" "$work"
    mount -t overlay overlay -o "redirect_dir=on,lowerdir=$lower,upperdir=$upper,workdir=$work" "$target"
}

# own_cgroup NAME: move this process into control groups of its own, or two containers would share one.
# With systemd as the host's process 1 nspawn asks that for a scope instead.
own_cgroup() {
    [ -d /run/systemd/system ] && return
    local tree
    for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
        [ -e "$tree/cgroup.procs" ] || continue
        mkdir -p "$tree/hubgate-lab-$1"
        echo $BASHPID > "$tree/hubgate-lab-$1/cgroup.procs"
    done
}

# drop_cgroup NAME: remove those again, once nothing runs in them.
drop_cgroup() {
    local tree
    for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
        [ -d "$tree/hubgate-lab-$1" ] || continue
        find "$tree/hubgate-lab-$1" -depth -type d -exec rmdir {} + 2> /dev/null || true
    done
}

# The options of every container: nothing of the host's network, names or devices is to be seen in it.
nspawn=(systemd-nspawn --quiet --register=no --private-network --resolv-conf=off --timezone=off --link-journal=no)
[ -d /run/systemd/system ] || nspawn+=(--keep-unit)
