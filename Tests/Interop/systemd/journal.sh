#!/bin/bash
# Runs the tests of the Systemd module that need a real journal, under a systemd booted by boot.sh:
# every field is written through libsystemd and read back, and journald is stopped meanwhile.
#
#   sudo Tests/Interop/systemd/journal.sh
#
# The tests must be built before (swift build --build-tests). RETRYD_PACKAGE names the package's
# folder when it is another than this script's.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
package=${RETRYD_PACKAGE:-$(readlink -f "$here/../../..")}
swift=$(command -v swift) || { echo "SKIPPED: swift is not in PATH" >&2; exit 77; }

# Expanded inside, by the shell that boot.sh starts.
# shellcheck disable=SC2016
exec "$here/boot.sh" bash -c '
    set -euo pipefail
    # No rate limit: the tests count entries.
    mkdir -p /run/systemd/journald.conf.d
    printf "[Journal]\nRateLimitIntervalSec=0\n" > /run/systemd/journald.conf.d/test.conf
    systemctl restart systemd-journald
    export RETRYD_TEST_JOURNALD
    RETRYD_TEST_JOURNALD=$(systemctl show -p MainPID --value systemd-journald)
    PATH=$PATH:$(dirname "$1")
    cd "$2"
    swift test --skip-build --filter RealJournalTests
' - "$swift" "$package"
