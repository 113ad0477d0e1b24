#!/bin/bash
# Checks that boot.sh gives a real and private systemd: units start, notify, fail and are found in
# the journal, the status of the command comes back, and nothing of it stays on this machine.
#
#   sudo Tests/Interop/systemd/boot-check.sh
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
marker=/etc/retryd-boot-check-$$
checks=0

check() {
    local name=$1 expected=$2 actual=$3
    checks=$((checks + 1))
    if [[ $actual == "$expected" ]]; then
        echo "ok: $name"
    else
        echo "FAILED: $name: expected '$expected', got '$actual'" >&2
        exit 1
    fi
}

status=0
# Expanded inside, by the shell that boot.sh starts.
# shellcheck disable=SC2016
output=$("$here/boot.sh" bash -c '
    set -eu
    touch "$1"
    mkdir -p /etc/retryd-check
    echo secret > /etc/retryd-check/key
    cat > /run/systemd/system/good.service <<UNIT
[Service]
Type=notify
NotifyAccess=all
LoadCredential=key:/etc/retryd-check/key
StateDirectory=good
DynamicUser=yes
ExecStart=/bin/sh -c "cat \${CREDENTIALS_DIRECTORY}/key; systemd-notify --ready --status=up; exec sleep 60"
UNIT
    cat > /run/systemd/system/bad.service <<UNIT
[Service]
ExecStart=/bin/sh -c "exit 78"
Restart=on-failure
RestartPreventExitStatus=78
UNIT
    systemctl daemon-reload
    systemctl start good.service
    systemctl start bad.service
    while systemctl is-active -q bad.service; do sleep 0.1; done
    journalctl --sync
    echo "good: $(systemctl show -p ActiveState -p StatusText --value good.service | sort | xargs)"
    echo "credential: $(journalctl -u good.service _TRANSPORT=stdout -o cat)"
    echo "bad: $(systemctl show -p Result -p NRestarts --value bad.service | sort | xargs)"
    echo "said: $(journalctl -u bad.service -o cat --no-pager | grep -c status=78/CONFIG)"
    echo "init: $(cat /proc/1/comm)"
    exit 42
' - "$marker") || status=$?

if [[ $status -eq 77 ]]; then exit 77; fi
line() { sed -n "s/^$1: //p" <<< "$output"; }
check "the command's exit status comes back" 42 "$status"
check "PID 1 is systemd" systemd "$(line init)"
check "a unit that notifies is up" "active up" "$(line good)"
check "a unit gets its credential" secret "$(line credential)"
check "a unit that exits with 78 is not restarted" "0 exit-code" "$(line bad)"
check "the journal has what PID 1 says of it" 1 "$(line said)"
check "a file written inside does not appear outside" no "$([[ -e $marker ]] && echo yes || echo no)"

# What stays is looked for in a folder and under a process id of its own: other runs, or one that
# was killed, may have theirs on this machine.
BOOT_WORK=$(mktemp -d /var/tmp/retryd-boot-check-XXXXXX)
export BOOT_WORK
trap 'rm -rf "$BOOT_WORK"' EXIT
status=0
BOOT_TIMEOUT=1 "$here/boot.sh" sleep 60 &
run=$!
wait "$run" || status=$?
check "a command that hangs is ended" 137 "$status"
check "no folder stays" "" "$(ls -A "$BOOT_WORK")"
check "no mount stays" "" "$(grep -F "$BOOT_WORK" /proc/self/mounts || true)"
unified=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
check "no cgroup stays" no "$([[ -n $unified && -e $unified/retryd-boot-$run ]] && echo yes || echo no)"
status=0
setpriv --reuid=65534 --clear-groups "$here/boot.sh" true 2> /dev/null || status=$?
check "without root it is skipped, and says so by its status" 77 "$status"
echo "boot-check.sh: $checks checks passed"
