#!/bin/sh
# Adds to the folder PLAIN what settle itself writes, notes that its class-data archive is at no place yet, and packs for
# Debian what is packed there: fill.sh DIST PLAIN DEB CHANGELOG VERSION
set -eu
dist=$1 plain=$2 deb=$3 changelog=$4 version=$5
mkdir -p "$plain/share/bash-completion/completions" "$plain/share/zsh/site-functions" "$plain/share/fish/vendor_completions.d"
sh "$dist/bin/settle" completion bash >"$plain/share/bash-completion/completions/settle"
sh "$dist/bin/settle" completion zsh >"$plain/share/zsh/site-functions/_settle"
sh "$dist/bin/settle" completion fish >"$plain/share/fish/vendor_completions.d/settle.fish"
{ IFS= read -r build && IFS= read -r place && IFS= read -r sizes; } <"$dist/lib/archive/about"
printf '%s\n' "$build" - "$sizes" >"$plain/lib/archive/about"

rm -rf "$deb"
mkdir -p "$deb/man/man1"
for page in "$plain"/share/man/man1/*.1; do gzip -9n <"$page" >"$deb/man/man1/${page##*/}.gz"; done
gzip -9n <"$plain/CHANGELOG.md" >"$deb/NEWS.gz"
sed "s/@VERSION@/$version/" "$changelog" | gzip -9n >"$deb/changelog.gz"
