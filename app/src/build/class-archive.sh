#!/bin/sh
# Makes a class-data archive for one Java beside the jars: class-archive.sh JAVA_HOME DIST TRAINING
#
# TRAINING holds one command line of settle each line; the classes they load go into the archive. The archive is an
# optional speed-up: whatever goes wrong is told, nothing is left behind, and the exit status is 0.
set -u
java_home=$1 dist=$2 training=$3
java=$java_home/bin/java

give_up() {
  echo "settle: no class-data archive: $1 (settle only starts a little slower)"
  exit 0
}

lib=$(cd -P -- "$dist/lib" && pwd -P) || give_up "no $dist/lib"
# Archives of an earlier build describe earlier jars.
rm -rf "$lib/archive"
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

work=$(mktemp -d "$lib/.archive.XXXXXX") || give_up "cannot write to $lib"
trap 'rm -rf "$work"' EXIT
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
# The same heap and collector as the launcher's: an archive made for others is not used, or only in part.
flags='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m'
n=0
while IFS= read -r line; do
  n=$((n + 1))
  # shellcheck disable=SC2086 # one training line is several arguments
  "$java" $flags -Xshare:auto -XX:DumpLoadedClassList="$work/$n.list" -jar "$lib/settle.jar" $line >/dev/null 2>&1 </dev/null
done <"$training"
# Later JDKs number the classes of a run; only classes of custom loaders ("source:") need that, and numbers of two runs
# contradict each other.
sed -e '/ source: /d' -e 's/ id: [0-9]*$//' "$work"/*.list 2>/dev/null | awk '!seen[$0]++' >"$work/classes"
[ -s "$work/classes" ] || give_up "no training run loaded a class"
"$java" $flags -Xshare:dump -XX:SharedClassListFile="$work/classes" -XX:SharedArchiveFile="$work/settle.jsa" \
  -cp "$lib/settle.jar" >"$work/log" 2>&1 || give_up "$(tail -n 1 "$work/log")"
[ -s "$work/settle.jsa" ] || give_up "$java wrote none"
# An archive fits one Java and one place; the launcher compares both, since a JVM that is given another one switches
# off all sharing, its own included.
printf '%s\n' "$lib" >"$work/place"
mkdir "$work/archive" && mv "$work/settle.jsa" "$work/archive/$runtime-$arch.jsa" && mv "$work/place" "$work/archive/place" \
  && chmod -R go-w "$work/archive" && mv "$work/archive" "$lib/archive" || give_up "cannot write to $lib"
exit 0
