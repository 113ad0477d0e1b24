#!/bin/bash
# Boots this machine's own systemd as PID 1 of private namespaces and runs a command inside.
#
#   sudo Tests/Interop/systemd/boot.sh COMMAND [ARGUMENT...]
#
# The root file system inside is an overlay over the real one: everything installed here is there,
# and whatever is written inside is gone afterwards. /run, /tmp and /dev are fresh, so name scripts
# and packages by paths elsewhere. The network has no way out, only a loopback of its own.
# The exit status is the command's; 77 when this machine does not permit the namespaces, 70 when
# systemd does not come up.
#
#   BOOT_TIMEOUT      seconds that the command may take (default 300)
#   BOOT_START_LIMIT  seconds that systemd may take to start (default 60)
#   BOOT_ROOT         another root file system as the lower layer, such as a debootstrap tree
#   BOOT_BIND         host folders to see inside under the same path, separated by colons
#   BOOT_WORK         the folder that holds this run's own one (default /var/tmp)
set -euo pipefail

usage() { sed -n '2,/^set /p' "$0" | sed -e '/^set /d' -e 's/^# \{0,1\}//' >&2; exit 64; }
skip() {
    echo "SKIPPED: $1" >&2
    echo "SKIPPED: the tests under a real systemd need root, cgroup v2 and namespaces" >&2
    exit 77
}

# The second stage: runs as PID 1 of the new namespaces and becomes systemd.
if [[ ${1-} == --inside ]]; then
    lower=$2 work=$3
    mount --make-rprivate /
    mount -t tmpfs -o mode=0755 tmpfs "$work"
    mkdir "$work/upper" "$work/overlay" "$work/root"
    root=$work/root
    mount -t overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/overlay" overlay "$root"

    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -t sysfs -o nosuid,nodev,noexec,ro sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o nosuid,mode=0755 tmpfs "$root/dev"
    mount -t tmpfs -o nosuid,nodev,mode=0755 tmpfs "$root/run"
    # A booted systemd cleans /tmp, so it must never see the real one.
    mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$root/tmp"
    for name in null zero full random urandom tty; do
        touch "$root/dev/$name"
        mount --bind "/dev/$name" "$root/dev/$name"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
    mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    for number in 0:stdin 1:stdout 2:stderr; do
        ln -s "/proc/self/fd/${number%%:*}" "$root/dev/${number#*:}"
    done

    # Only what a bare system starts: none of the services that happen to be enabled here.
    rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/*.requires \
        "$root/var/log/journal"
    : > "$root/etc/fstab"
    IFS=: read -ra binds <<< "${BOOT_BIND-}"
    for folder in ${binds[@]+"${binds[@]}"}; do
        mkdir -p "$root$folder"
        mount --rbind "$folder" "$root$folder"
    done

    mkdir "$root/run/old-root"
    cd "$root"
    pivot_root . run/old-root
    umount -l /run/old-root
    rmdir /run/old-root
    # Without this, LoadCredential= gives units an empty folder.
    mount --make-rshared /
    ip link set lo up
    exec env -i container=pipeline-retryd-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --log-target=console --show-status=no \
        --unit=multi-user.target
fi

[[ $# -gt 0 ]] || usage
[[ $EUID -eq 0 ]] || skip "not root"
[[ -x /lib/systemd/systemd ]] || skip "systemd is not installed"
command -v ip > /dev/null || skip "ip is not installed (package iproute2)"
unshare -m -p -f -i -u -n -C --kill-child true 2> /dev/null || skip "unshare is not permitted"

lower=${BOOT_ROOT:-/}
work=$(mktemp -d "${BOOT_WORK:-/var/tmp}/retryd-boot-XXXXXX")
log=$work.log
cgroup_mount=
unshare_pid=

# shellcheck disable=SC2317  # the trap below calls it
clean_up() {
    if [[ -n $unshare_pid ]]; then
        # PID 1 ignores SIGTERM; with unshare dies its child, and with PID 1 everything inside.
        kill -KILL "$unshare_pid" 2> /dev/null || true
        wait "$unshare_pid" 2> /dev/null || true
    fi
    if [[ -n ${cgroup-} ]]; then
        for _ in {1..50}; do
            [[ -z $(find "$cgroup" -name cgroup.procs -exec cat {} + 2> /dev/null) ]] && break
            sleep 0.1
        done
        find "$cgroup" -depth -type d -exec rmdir {} \; 2> /dev/null || true
    fi
    [[ -z $cgroup_mount ]] || { umount "$cgroup_mount"; rmdir "$cgroup_mount"; } || true
    rmdir "$work" 2> /dev/null || true
    rm -f "$log"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

unified=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
if [[ -z $unified ]]; then
    cgroup_mount=$(mktemp -d /var/tmp/retryd-cgroup-XXXXXX)
    mount -t cgroup2 cgroup2 "$cgroup_mount" || skip "cgroup v2 cannot be mounted"
    unified=$cgroup_mount
fi
cgroup=$unified/retryd-boot-$$
mkdir "$cgroup"

(
    echo "$BASHPID" > "$cgroup/cgroup.procs"
    exec unshare -m -p -f -i -u -n -C --kill-child "$0" --inside "$lower" "$work"
) < /dev/null > "$log" 2>&1 &
unshare_pid=$!

inside() {
    nsenter -t "$pid" -m -p -i -u -n -C --root="/proc/$pid/root" --wd="/proc/$pid/root" \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LANG=C.UTF-8 "$@"
}

failed_to_boot() {
    echo "boot.sh: $1; systemd's own log:" >&2
    tail -n 40 "$log" >&2
    exit 70
}

pid=
end=$((SECONDS + ${BOOT_START_LIMIT:-60}))
while :; do
    kill -0 "$unshare_pid" 2> /dev/null || failed_to_boot "systemd ended"
    ((SECONDS < end)) || failed_to_boot "systemd did not start in time"
    pid=$(pgrep -P "$unshare_pid" || true)
    if [[ -n $pid && $(cat "/proc/$pid/comm") == systemd ]]; then
        state=$(inside systemctl is-system-running 2> /dev/null || true)
        [[ $state == running || $state == degraded ]] && break
    fi
    sleep 0.2
done
# From here on, what PID 1 says of units stands in the journal, as on a real machine.
inside systemctl log-target journal
echo "boot.sh: $(inside systemctl --version | head -n 1) is $state as PID 1" >&2

status=0
inside timeout -s KILL "${BOOT_TIMEOUT:-300}" "$@" || status=$?
exit "$status"
