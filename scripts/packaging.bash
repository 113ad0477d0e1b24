# What every package is made of; to be sourced after common.bash.
# shellcheck shell=bash

name=pipeline-retryd
# Nobody loads the program, so it exports nothing, and what nothing in it calls is left out. Every
# symbol is bound at start, no library is searched next to the program, and C has the
# compiler's own fences. What the shims inline into Swift is fortified too.
release=(-c release --static-swift-stdlib -Xlinker --no-export-dynamic)
release+=(-Xlinker -z -Xlinker now --disable-local-rpath)
release+=(-Xcc -fstack-protector-strong -Xcc -D_FORTIFY_SOURCE=2)
# A section for each function, so that of a file of BoringSSL or Swift only what is called stays.
release+=(-Xcc -ffunction-sections -Xcc -fdata-sections -Xswiftc -Xfrontend -Xswiftc -function-sections)

# Functions in the order of their use, so that a page of code in memory holds little else. The
# names come from Benchmarks/order.
order=packaging/functions.order
# A name that changes with the list: a build links anew only when its command has changed.
ordered=$PWD/.build/functions-$(sha256sum "$order" | cut -c1-12).order
mkdir -p .build
sed 's/^/.text./' "$order" >"$ordered"
release+=(-Xlinker "--section-ordering-file=$ordered")

need() {
  command -v "$1" >/dev/null || die "$1 is missing. Install it (apt-get install $2) and run this again."
}

# A field of the newest entry of the changelog.
changelog() {
  dpkg-parsechangelog -l packaging/debian/changelog -S "$1"
}

# The version stands in the program and in the changelog, and must be the same.
version() {
  local program logged
  program=$(sed -n 's/^ *static let text = "\(.*\)"$/\1/p' Sources/pipeline-retryd/Live/ProgramVersion.swift)
  logged=$(changelog Version)
  [ "$program" = "$logged" ] ||
    die "the program says version ${program:-none}, packaging/debian/changelog says ${logged}"
  printf '%s' "$program"
}

# Builds the program and checks how it is linked; its path is in `binary` then.
build_program() {
  swift build "${release[@]}" --product "$name"
  binary=$(swift build "${release[@]}" --show-bin-path)/$name
  scripts/check-hardening "$binary" || die "the program is not hardened as a release must be"
  check_order
}

# A list whose names the program has lost does no harm, but no good either.
check_order() {
  local known total
  total=$(wc -l <"$order")
  known=$(nm --defined-only "$binary" | awk '{ print $NF }' | sort -u | comm -12 - <(sort -u "$order") | wc -l)
  ((2 * known > total)) ||
    die "$order names $total functions, of which the program has $known; renew it with Benchmarks/order"
}

# The notices of what is linked in, as their licenses ask for. $1 says where the Apache License is.
notices() {
  local package version file
  say "What pipeline-retryd is linked with, besides the Swift standard library (Apache License 2.0"
  say "with Runtime Library Exception, Copyright Apple Inc. and the Swift project authors)."
  while read -r package version; do
    printf '\n\n=== %s %s\n\n' "$package" "$version"
    for file in ".build/checkouts/$package"/LICENSE* ".build/checkouts/$package"/NOTICE*; do
      [ -f "$file" ] || continue
      if grep -q 'Apache License' "$file" && [ "$(wc -l <"$file")" -gt 150 ]; then
        say "Apache License 2.0: $1"
      else
        cat "$file"
      fi
    done
  done < <(python3 - <<'PY'
import json
for pin in json.load(open("Package.resolved", encoding="utf-8"))["pins"]:
    print(pin["location"].rsplit("/", 1)[1].removesuffix(".git"), pin["state"].get("version", ""))
PY
  )
}

# The pages that a built program, the schema and the runbook give, into a folder.
manuals() {
  packaging/manuals "$1" "$version" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" "$2"
}

# Scripts for three shells, each under the name that its shell looks for, into a folder.
completions() {
  "$1" --generate-completion-script bash | sed "1{/^#!/d}" >"$2/$name"
  "$1" --generate-completion-script zsh >"$2/_$name"
  "$1" --generate-completion-script fish >"$2/$name.fish"
}

# What an operator reads, and starts from, into two folders.
documents() {
  cp docs/RUNBOOK.md docs/STATES.md docs/JOURNAL.md docs/SYSTEMD.md "$1/"
  cp config/pipeline-retryd.schema.json "$2/"
  cp config/examples/*.yaml "$2/"
  rm -f "$2/demo.yaml"
  cp systemd/examples/*.conf "$2/"
}
