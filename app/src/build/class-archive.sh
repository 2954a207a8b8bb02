#!/bin/sh
# Leaves beside the jars what the launcher starts fast with: class-archive.sh JAVA_HOME DIST TRAINING FAKE_SLURM
#
#   lib/archive/classes          the classes that the command lines of TRAINING load
#   lib/archive/RUNTIME-ARCH.jsa the archive of them for the Java that builds
#   lib/archive/RUNTIME-ARCH-mcp.jsa  what settle mcp loads beyond it
#   lib/archive/about            three lines: what jars these are, where they lie, and how long each is
#
# With SETTLE_ARCHIVE_CLASSES=FILE the list is taken from there: which classes load depends on the moment by a few, and an
# artifact can be built again only with the list that is in it (release.md).
#
# All of it is an optional speed-up: whatever goes wrong is told, nothing is left behind, and the exit status is 0.
set -u
java_home=$1 dist=$2 training=$3 fake_slurm=$4
java=$java_home/bin/java

give_up() {
  echo "settle: no class-data archive: $1 (settle only starts a little slower)"
  exit 0
}

lib=$(cd -P -- "$dist/lib" && pwd -P) || give_up "no $dist/lib"
[ -r "$java_home/release" ] || give_up "$java_home has no release file"
runtime='' arch=''
while IFS='=' read -r key value; do
  value=${value#\"} value=${value%\"}
  case $key in
    JAVA_RUNTIME_VERSION) runtime=$value ;;
    OS_ARCH) arch=$value ;;
  esac
done <"$java_home/release"
[ -n "$runtime" ] || give_up "$java_home/release names no JAVA_RUNTIME_VERSION"

# A JVM looks only at time and size of the jars, and reproducible builds always have the same time: hence the contents.
build=$(cat "$lib"/*.jar "$lib"/mcp/*.jar "$training" "$0" "$lib/install-archive" "$lib/make-archive" "$lib/make-mcp-archive" | cksum) || give_up "cannot read $lib"
build=$(printf '%s' "$build" | tr ' ' '-')
# shellcheck disable=SC2046 # one line of it
sizes=$(printf '%s ' $(stat -L -c %s -- "$lib"/*.jar))
about=$(printf '%s\n%s\n%s' "$build" "$lib" "${sizes% }")
if [ -r "$lib/archive/$runtime-$arch.jsa" ] && [ "$(cat "$lib/archive/about")" = "$about" ]; then
  exit 0
fi
# Archives of an earlier build describe earlier jars.
rm -rf "$lib/archive"

work=$(mktemp -d "$lib/.archive.XXXXXX") || give_up "cannot write to $lib"
trap 'rm -rf "$work"' EXIT
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
mkdir "$work/home" "$work/slurm" "$work/archive"
# Items enough for a snapshot.
awk 'BEGIN { for (i = 1; i <= 250; i++) print "- {id: item-" i ", command: \"true\"}" }' >"$work/home/many.yaml"
printf '%s\n' '- {id: first, command: sleep 3}' '- {id: second, command: sleep 3}' >"$work/home/pair.yaml"
# Stands for ssh to a host that is this machine, where settle is installed.
mkdir -p "$work/bin" "$work/home/.local/share/settle" && ln -s "${lib%/*}" "$work/home/.local/share/settle/current"
cat >"$work/bin/ssh" <<'END'
#!/bin/sh
case $1 in -G) echo 'controlmaster false'; exit ;; esac
while [ $# -gt 1 ]; do shift; done
exec sh -c "$1"
END
chmod 755 "$work/bin/ssh"
flags='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m'
n=0
while IFS= read -r line; do
  case ${SETTLE_ARCHIVE_CLASSES:+#}$line in '#'* | '') continue ;; esac
  n=$((n + 1))
  # Training runs see neither this user's runs nor a Slurm that may be here.
  # shellcheck disable=SC2086 # flags and training lines are several arguments
  (
    cd "$work/home" && HOME=$work/home SETTLE_HOME=$work/home/state FAKE_SLURM_DIR=$work/slurm \
      SETTLE_JAVA=$java XDG_RUNTIME_DIR=$work PATH=$work/bin:$fake_slurm:$PATH \
      "$java" $flags -Xshare:auto -XX:DumpLoadedClassList="$work/$n.%p.list" -jar "$lib/settle.jar" $line
  ) >/dev/null 2>&1 </dev/null
done <"$training"
# A submission leaves a background driver, which is started with the options of its command: its list is written when it ends.
for list in "$work"/*.list; do
  pid=${list%.list} pid=${pid##*pid}
  tries=0
  while [ "$tries" -lt 50 ] && grep -q -F "$work/" "/proc/$pid/cmdline" 2>/dev/null; do
    kill -TERM "$pid" 2>/dev/null
    tries=$((tries + 1))
    sleep 0.1
  done
done
# Later JDKs number the classes of a run; only classes of custom loaders ("source:") need that, and numbers of two runs
# contradict each other.
if [ -n "${SETTLE_ARCHIVE_CLASSES:-}" ]; then
  cat <"$SETTLE_ARCHIVE_CLASSES" >"$work/archive/classes"
else
  sed -e '/ source: /d' -e 's/ id: [0-9]*$//' "$work"/*.list 2>/dev/null | awk '!seen[$0]++' >"$work/archive/classes"
fi
[ -s "$work/archive/classes" ] || give_up "no training run loaded a class"
# An archive fits one Java and one place; the launcher compares both, since a JVM that is given another one switches
# off all sharing, its own included.
printf '%s\n' "$about" >"$work/archive/about"
chmod -R go-w "$work/archive" && chmod a+r "$work/archive"/* && mv "$work/archive" "$lib/archive" || give_up "cannot write to $lib"
sh "$lib/install-archive" "$java" || rm -rf "$lib/archive"
exit 0
