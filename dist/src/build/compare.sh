#!/bin/sh
# Whether two builds made the same artifacts: compare.sh DIRECTORY DIRECTORY
#
# To the byte, all but the class-data archives: a JVM leaves pointers of its own in those, so of them only the length
# is compared (core/docs/release.md). Exit status 1, with what differs, where they are not the same.
set -u
one=$(cd "$1" && pwd) two=$(cd "$2" && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
bad=0
for artifact in "$one"/settle[-_]*.tar.gz "$one"/settle[-_]*.deb "$one"/settle-*-sbom.cdx.json; do
  name=${artifact##*/}
  if cmp -s "$artifact" "$two/$name"; then
    echo "same: $name"
    continue
  fi
  case $name in
    *-linux-*.tar.gz)
      mkdir "$work/one" "$work/two" && tar -xzf "$artifact" -C "$work/one" && tar -xzf "$two/$name" -C "$work/two" || bad=1
      (cd "$work/one" && find . -printf '%p %m %s %l\n' | sort) >"$work/list-one"
      (cd "$work/two" && find . -printf '%p %m %s %l\n' | sort) >"$work/list-two"
      if diff -r --exclude='*.jsa' "$work/one" "$work/two" && diff "$work/list-one" "$work/list-two"; then
        echo "same but for the contents of the class-data archives: $name"
        continue
      fi ;;
  esac
  echo "DIFFERENT: $name"
  bad=1
done
exit "$bad"
