#!/bin/sh
# Runs one job of a jobs file: wrapper.sh FOLDER JOBS [INDEX [without-perl]]; without INDEX the one of the array task that
# Slurm runs, with @INDEX the same where the array has other indices than the file. A job that is no task may have inherited the variables of one, so its batch script names the index. FOLDER is
# that of this file, which batch scripts read into their own shell (JobWrapper.shellLine).
#
# wrapper.pl does the work where there is a perl. The rest of this file stands in for it: what it does not do is in
# core/docs/wrapper.md.
# Names begin with settle_ because an exported variable of the user's keeps its export when it is assigned. What jobs begin
# with is read from /proc/$$/environ: that has what no shell hands on, such as exported functions.

# bash takes options and functions from its environment, and looks for a function before all but its special builtins.
set +aefuvxC
unset -f [ base64 cat cd chmod command cut date env grep head kill ln mkdir mv od printf read readlink rm sed sh sleep \
  sync tail tr true umask wait 2> /dev/null
unset CDPATH
settle_folder=$1 settle_jobs=$2
settle_index=${3:-${SLURM_ARRAY_TASK_ID:-0}}
settle_array=''
case ${3-} in '' | @*) settle_array=${SLURM_ARRAY_JOB_ID:-} ;; esac
settle_index=${settle_index#@}

for settle_perl in "${SETTLE_PERL-/usr/bin/perl}" "$(command -v perl)"; do
  [ "${4-}" != without-perl ] || break
  if [ -x "$settle_perl" ] && (unset PERL5OPT PERL5LIB PERL5DB; LC_ALL=C "$settle_perl" -e 'exit 0') 2> /dev/null; then
    # Variables that steer perl are for the job's own perl, which has them among those that fd 9 brings.
    unset PERL5OPT PERL5LIB PERLLIB PERL5DB PERL_UNICODE PERLIO PERL_SIGNALS
    export LC_ALL=C
    exec "$settle_perl" "$settle_folder/wrapper.pl" "$settle_jobs" "${3-}" 9 9<< settle_end
$(base64 "/proc/$$/environ" 2> /dev/null || od -An -v -tx1 "/proc/$$/environ")
settle_end
  fi
  [ "${SETTLE_PERL+set}" = set ] && break
done

settle_stop() { # TEXT: the job cannot be started
  echo "settle: $1" >&2
  exit 125
}

settle_now() {
  settle_time=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  case $settle_time in *[!0-9TZ:.-]*) settle_time=$(date -u +%Y-%m-%dT%H:%M:%SZ) ;; esac # a date that knows no %N
}

settle_json() { # NAME TEXT: a JSON field, if there is a text
  [ -z "$2" ] || printf ',"%s":"%s"' "$1" "$(printf '%s' "$2" | tr '\000-\037' ' ' | sed 's/["\\]/\\&/g')"
}

settle_words() { # NUL-ended texts on stdin as words of a shell
  LC_ALL=C sed -z "s/'/'\\\\''/g; s/^/'/; s/\$/'/" | tr '\000' ' '
}

# The job's fields, in the order of JobWrapper.fields; then its variables.
settle_place=$(sed -n "$((settle_index + 2))p" "$settle_jobs") && [ -n "$settle_place" ] \
  || settle_stop "cannot read job $settle_index of $settle_jobs"
eval "set -- $(tail -c "+${settle_place% *}" "$settle_jobs" | head -c "${settle_place#* }" | settle_words)"
settle_who=$1 settle_rec=$2 settle_mode=$3 settle_token=$4 settle_out=$5 settle_err=$6 settle_dir=$7 settle_timeout=$8 settle_limit=$9
shift 9
settle_grace=$1 settle_setup=$2 settle_script=$3 settle_arguments=$4
shift 4
settle_run=${settle_rec%/*/*}

settle_restart=${SLURM_RESTART_COUNT:-0} settle_job='' settle_number=''
if [ "$settle_mode" = slurm ]; then
  settle_job=${settle_array:+${settle_array}_$SLURM_ARRAY_TASK_ID}
  # Accounting learns only after some seconds that this number is a task of an array.
  [ -z "$settle_job" ] || settle_number=${SLURM_JOB_ID:-}
  settle_job=${settle_job:-${SLURM_JOB_ID:-}}
fi
read -r settle_host < /proc/sys/kernel/hostname
read -r settle_boot < /proc/sys/kernel/random/boot_id
settle_stat=$(cat "/proc/$$/stat")
settle_ticks=$(echo "${settle_stat##*) }" | cut -d ' ' -f 20)
settle_now
settle_started=$settle_time

settle_line() { # REST: a line of the record
  printf '%s,"restart":%s' "$settle_who" "$settle_restart"
  settle_json slurm_job "$settle_job"
  settle_json slurm_number "$settle_number"
  settle_json slurm_cluster "${settle_job:+${SLURM_CLUSTER_NAME:-}}"
  settle_json host "$settle_host"
  printf ',"boot":"%s","pid":%s,"start_ticks":%s,"started_at":"%s",%s}\n' \
    "$settle_boot" "$$" "$settle_ticks" "$settle_started" "$1"
}

# The claim: see records.pl.
settle_put_aside() { # FILE SUFFIX: what an earlier run of the same Slurm job left; anything else stops this one
  if [ -n "$settle_job" ] && grep -q "\"slurm_job\":\"$settle_job\"" "$1" && grep -q "\"token\":\"$settle_token\"" "$1"
  then
    settle_earlier=$(settle_number_of restart "$1")
    [ "$settle_restart" -gt "${settle_earlier:--1}" ] || settle_not_again "$1"
    mv "$1" "$settle_rec.restart${settle_earlier:-x}$2"
  else
    [ "$2" = .start ] || rm -f "$settle_rec.start"
    settle_stop 'this attempt was already started; it is not run twice'
  fi
}
settle_number_of() { # FIELD FILE
  sed -n "1,2s/.*\"$1\":\([0-9][0-9]*\).*/\1/p" "$2" 2> /dev/null | head -n 1
}
settle_not_again() { # FILE: see not_again in records.pl
  settle_waited=0
  until [ -e "$settle_rec" ] || ! settle_may_run "$1"; do
    sleep 1
    settle_waited=$((settle_waited + 1))
  done
  settle_code=$(settle_number_of exit_code "$settle_rec")
  settle_signal=$(settle_number_of signal "$settle_rec")
  [ -n "$settle_code$settle_signal" ] || return 0
  [ "$1" != "$settle_rec" ] || rm -f "$settle_rec.start"
  echo 'settle: Slurm has started this job a second time; it had ended and is not run again' >&2
  [ -z "$settle_signal" ] || settle_code=$((128 + settle_signal))
  exit "$settle_code"
}
settle_may_run() { # FILE
  if ! grep -q "\"host\":\"$settle_host\"" "$1"; then
    [ "$settle_waited" -lt 30 ]
    return
  fi
  grep -q "\"boot\":\"$settle_boot\"" "$1" || return 1
  settle_stat=$(cat "/proc/$(settle_number_of pid "$1")/stat" 2> /dev/null) || return 1
  [ "$(echo "${settle_stat##*) }" | cut -d ' ' -f 20)" = "$(settle_number_of start_ticks "$1")" ]
}
mkdir -p "${settle_rec%/*}" 2> /dev/null
[ ! -e "$settle_rec.start" ] || settle_put_aside "$settle_rec.start" .start
if ! (set -C && umask 077 && settle_line "\"kind\":\"start\",\"mode\":\"$settle_mode\"" > "$settle_rec.start") 2> /dev/null; then
  [ "$settle_mode" = slurm ] || settle_stop "cannot create $settle_rec.start"
fi
[ ! -e "$settle_rec" ] || settle_put_aside "$settle_rec" ''

# Output: see lead_to_output in job.pl.
settle_lead() { # FD PATH
  settle_real=$(readlink "/proc/$$/fd/$1") && [ -f "$settle_real" ] && [ -n "$2" ] || return 0
  for settle_place in scripts items; do
    ! [ "${settle_real%/*}" -ef "$settle_run/$settle_place" ] || chmod 600 "$settle_real"
  done
  [ "$settle_real" -ef "$2" ] || case $2 in
    "$settle_run"/*) [ -e "$2" ] || { mkdir -p "${2%/*}" && ln -s "$settle_real" "$2"; } 2> /dev/null || : ;;
    *) settle_append "$1" "$2" ;;
  esac
}
settle_append() { # FD PATH
  mkdir -p "${2%/*}" 2> /dev/null
  # What the user chose gets the mode of the user's umask.
  if (case $2 in "$settle_run"/*) umask 077 ;; esac && : >> "$2") 2> /dev/null; then
    case $1 in 1) exec >> "$2" ;; 2) exec 2>> "$2" ;; esac
  else
    settle_failure="output file $2: cannot be written"
  fi
}

settle_failure='' settle_interpreter='' settle_how=settle_lead
if [ "$settle_mode" = local ]; then
  settle_how=settle_append
  exec < /dev/null
fi
"$settle_how" 2 "$settle_err"
"$settle_how" 1 "$settle_out"
cd "$settle_dir" 2> /dev/null || settle_failure="working directory $settle_dir: $([ -e "$settle_dir" ] && echo cannot be entered || echo No such file or directory)"
case $settle_script in
  '#!'*)
    settle_first=$(printf '%s\n' "$settle_script" | sed -n '1s/^#![ \t]*//p')
    settle_interpreter=${settle_first%%[ 	]*}
    settle_argument=$(printf '%s' "${settle_first#"$settle_interpreter"}" | sed 's/^[ \t]*//; s/[ \t]*$//')
    [ -f "$settle_interpreter" ] && [ -x "$settle_interpreter" ] || settle_failure="bad interpreter $settle_interpreter"
    ;;
esac
rm -f "$settle_rec.script"
(umask 077 && printf '%s' "$settle_script" > "$settle_rec.script") 2> /dev/null \
  || settle_failure=${settle_failure:-cannot write $settle_rec.script}

# The job's environment: what this shell was started with, then the item's variables.
for settle_each in "$@"; do
  case $settle_each in
    SETTLE_RESULT=/* | SETTLE_STOP=/*) settle_each=${settle_each#*=} && mkdir -p "${settle_each%/*}" ;;
    # A job that Slurm requeued runs the script of its first start.
    SETTLE_ATTEMPT=*) [ "$settle_mode" = local ] || set -- "$@" "SETTLE_ATTEMPT=$((${settle_each#*=} + settle_restart))" ;;
  esac
done
set -- "$@" "PWD=$PWD"
if [ -z "$settle_interpreter" ]; then
  settle_place=$(printf '%s\0' "$settle_rec.script" | settle_words)
  set -- "$@" /bin/sh -c "$settle_setup

. $settle_place"
else
  [ -z "$settle_setup" ] || set -- "$@" /bin/sh -c "$settle_setup

exec \"\$@\"" sh
  set -- "$@" "$settle_interpreter" ${settle_argument:+"$settle_argument"} "$settle_rec.script"
  eval "set -- \"\$@\" $settle_arguments"
fi

# The shorter of timeout and time limit; a shell cannot compare fractions.
settle_seconds=$settle_timeout settle_over=timeout settle_by='' settle_asked='' settle_terminated=false settle_code=''
if [ -n "$settle_limit" ] && { [ -z "$settle_timeout" ] || [ "${settle_limit%.*}" -lt "${settle_timeout%.*}" ]; }; then
  settle_seconds=$settle_limit settle_over=time_limit
fi
settle_start() { # in a process of its own, which becomes the job
  trap - TERM INT
  settle_guard=''
  # timeout(1) passes TERM on to the job's group as well, and kills it after the grace.
  if [ -n "$settle_seconds" ] || [ "$settle_mode" = local ]; then
    settle_guard="timeout -k $settle_grace ${settle_seconds:-0}"
  fi
  eval "exec $settle_guard env -i $(settle_words < "/proc/$$/environ") \"\$@\""
}
if [ -n "$settle_failure" ]; then
  echo "settle: $settle_failure" >&2
else
  trap 'settle_asked=TERM' TERM
  trap 'settle_asked=INT' INT
  settle_began=$(date +%s)
  if [ "$settle_mode" = slurm ]; then
    # In the foreground, because a shell starts what runs in the background with INT and QUIT ignored. Slurm signals
    # every process of a job itself.
    (settle_start "$@")
    settle_code=$?
    [ -z "$settle_asked" ] || settle_terminated=true
  else
    settle_start "$@" &
    while wait "$!"; settle_code=$?; kill -0 "$!" 2> /dev/null; do
      [ -z "$settle_asked" ] || { settle_by=cancel settle_asked='' && kill "$!"; }
    done
  fi
  case $settle_code in
    124 | 137)
      [ -z "$settle_seconds$settle_by" ] || [ "$(($(date +%s) - settle_began))" -lt "${settle_seconds%.*}" ] \
        || settle_by=${settle_by:-$settle_over}
      ;;
  esac
  [ "$settle_by" != cancel ] || kill -KILL "-$!" 2> /dev/null
fi
rm -f "$settle_rec.script"

# The exit record. A shell cannot tell exit code 137 from signal 9: no signal is invented.
settle_now
settle_end() {
  settle_line "\"kind\":\"end\",\"exit_code\":${settle_code:-null},\"signal\":null,\"terminated\":$settle_terminated$(
    settle_json ended_by "$settle_by"
    settle_json launch_failure "$settle_failure"
  ),\"ended_at\":\"$settle_time\""
}
for settle_wait in 0.1 0.4 0.5 1 2 3 4 5 5 5 5 0; do
  rm -f "$settle_rec.tmp"
  if (umask 077 && { cat "$settle_rec.start" && settle_end; } > "$settle_rec.tmp") 2> /dev/null; then
    sync "$settle_rec.tmp" 2> /dev/null
    mv "$settle_rec.tmp" "$settle_rec" && rm -f "$settle_rec.start" && exit "${settle_code:-125}"
  fi
  [ -d "${settle_rec%/*}" ] || break # the run's folder was removed: nobody waits for this any more
  sleep "$settle_wait"
done
echo "settle: cannot write the exit record $settle_rec" >&2
exit "${settle_code:-125}"
