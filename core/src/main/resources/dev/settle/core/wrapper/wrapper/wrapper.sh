#!/bin/sh
# Runs one job of a jobs file: wrapper.sh FOLDER JOBS [INDEX [without-perl]]; without INDEX the one of the array task that
# Slurm runs, with @INDEX the same where the array has other indices than the file. A job that is no task may have inherited the variables of one, so its batch script names the index. FOLDER is
# that of this file, which batch scripts read into their own shell (JobWrapper.shellLine).
#
# wrapper.pl does the work where there is a perl; the rest of this file is for machines without one. A shell cannot
# tell exit code 137 from signal 9, so a status above 128 is recorded as the exit code that the shell reports and no
# signal is invented. It records no CPU time and finds a job's orphans by their environment alone.
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

settle_say() {
  echo "settle: $1" >&2
}

settle_cannot() {
  settle_say "cannot read job $settle_index of $settle_jobs"
  exit 125
}

settle_now() {
  settle_time=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  case $settle_time in
    *[!0-9TZ:.-]*) settle_time=$(date -u +%Y-%m-%dT%H:%M:%SZ) ;; # a date that knows no %N
  esac
}

settle_json() { # NAME TEXT: a JSON field
  printf ',"%s":"%s"' "$1" "$(printf '%s' "$2" | tr '\000-\037' ' ' | sed 's/["\\]/\\&/g')"
}

settle_common() {
  printf '{"settle_record":1,"token":"%s","index":%s,"item":"%s","attempt":%s,"restart":%s' \
    "$settle_token" "$settle_index" "$settle_item" "$settle_attempt" "$settle_restart"
  [ -z "$settle_slurm_job" ] || settle_json slurm_job "$settle_slurm_job"
  [ -z "$settle_slurm_number" ] || settle_json slurm_number "$settle_slurm_number"
  [ -z "$settle_slurm_job" ] || [ -z "${SLURM_CLUSTER_NAME:-}" ] || settle_json slurm_cluster "$SLURM_CLUSTER_NAME"
  settle_json host "$settle_host"
  printf ',"boot":"%s","pid":%s,"start_ticks":%s,"started_at":"%s","timeout_s":%s' \
    "$settle_boot" "$$" "$settle_ticks" "$settle_started" "${settle_timeout:-null}"
}

# ---------------------------------------------------------------------------------------------- what is to be run

settle_place=$(sed -n "$((settle_index + 2))p" "$settle_jobs") || settle_cannot
[ -n "$settle_place" ] || settle_cannot
settle_rec='' settle_version=''
eval "$(tail -c "+${settle_place% *}" "$settle_jobs" | head -c "${settle_place#* }")" || settle_cannot
[ -n "$settle_rec" ] && [ "$settle_version" = 1 ] || settle_cannot

settle_restart=${SLURM_RESTART_COUNT:-0} settle_slurm_job='' settle_slurm_number=''
if [ "$settle_mode" = slurm ]; then
  settle_slurm_job=${settle_array:+${settle_array}_$SLURM_ARRAY_TASK_ID}
  # Accounting learns only after some seconds that this number is a task of an array.
  [ -z "$settle_slurm_job" ] || settle_slurm_number=${SLURM_JOB_ID:-}
  settle_slurm_job=${settle_slurm_job:-${SLURM_JOB_ID:-}}
fi
settle_mark=$(SETTLE_RESULT='' && settle_export && printf '%s' "$SETTLE_RESULT")
read -r settle_host < /proc/sys/kernel/hostname
read -r settle_boot < /proc/sys/kernel/random/boot_id
settle_stat=$(cat "/proc/$$/stat")
settle_ticks=$(echo "${settle_stat##*) }" | cut -d ' ' -f 20)

settle_asked='' settle_ended_by='' settle_terminated=false settle_failure=''
trap 'settle_asked=TERM' TERM
trap 'settle_asked=INT' INT

# ------------------------------------------------------------- the start record: see claim in records.pl

settle_put_aside() { # FILE SUFFIX: what an earlier run of the same Slurm job left; anybody else's stops this one
  if [ -n "$settle_slurm_job" ] && grep -q "\"slurm_job\":\"$settle_slurm_job\"" "$1"; then
    settle_earlier=$(sed -n '1s/.*"restart":\([0-9]*\).*/\1/p' "$1")
    mv "$1" "$settle_rec.restart${settle_earlier:-x}$2"
  else
    settle_say 'this attempt was already started; it is not run twice'
    [ "$2" = .start ] || rm -f "$settle_rec.start"
    exit 125
  fi
}

settle_claim() (
  set -C
  {
    settle_common
    printf ',"kind":"start","mode":"%s"}\n' "$settle_mode"
  } > "$settle_rec.start"
) 2> /dev/null

settle_now
settle_started=$settle_time
mkdir -p "${settle_rec%/*}" 2> /dev/null
if [ -e "$settle_rec.start" ]; then settle_put_aside "$settle_rec.start" .start; fi
if ! settle_claim; then
  settle_say "cannot create $settle_rec.start"
  [ "$settle_mode" = slurm ] || exit 125
fi
if [ -e "$settle_rec" ]; then settle_put_aside "$settle_rec" ''; fi

# --------------------------------------------------------------------------------------------------- the tree

settle_tree() { # whoever carries the job's mark in its environment
  [ -z "$settle_mark" ] || grep -lF "SETTLE_RESULT=$settle_mark" /proc/[0-9]*/environ 2> /dev/null | tr -dc '0-9\n'
}

settle_signal_tree() {
  for settle_one in $(settle_tree); do
    kill "-$1" "$settle_one" 2> /dev/null
  done
}

settle_end_tree() { # TERM, the grace, KILL
  settle_signal_tree TERM
  settle_signal_tree CONT
  settle_left=$((${settle_grace%.*} * 5 + 3))
  while [ "$settle_left" -gt 0 ] && [ -n "$(settle_tree)" ]; do
    sleep 0.2
    settle_left=$((settle_left - 1))
  done
  settle_left=50
  while [ "$settle_left" -gt 0 ] && [ -n "$(settle_tree)" ]; do
    settle_signal_tree KILL
    sleep 0.2
    settle_left=$((settle_left - 1))
  done
}

# The shorter of the item's timeout and its time limit; the shell cannot compare fractions.
settle_seconds=$settle_timeout settle_over=timeout
if [ -n "$settle_limit" ] && { [ -z "$settle_timeout" ] || [ "${settle_limit%.*}" -lt "${settle_timeout%.*}" ]; }; then
  settle_seconds=$settle_limit settle_over=time_limit
fi

settle_watchdog() { # in the background; ends with 99 when the time was over and the tree was ended
  trap 'kill $settle_sleep; exit 0' TERM
  # Second by second: of the time in which Slurm has the job suspended no more than one of them is counted.
  settle_left=${settle_seconds%%.*}
  case $settle_seconds in *.*) settle_tick=0.${settle_seconds#*.} ;; *) settle_tick=0 ;; esac
  while :; do
    sleep "$settle_tick" &
    settle_sleep=$!
    wait "$settle_sleep"
    [ "${settle_left:-0}" -gt 0 ] || break
    settle_left=$((settle_left - 1)) settle_tick=1
  done
  trap '' TERM
  settle_end_tree
  exit 99
}

# ----------------------------------------------------------------------------------------------------- the job

# Where Slurm opened the output elsewhere (an array has one pattern for all tasks): the item's path in the run's folder
# leads there; a path that the user chose is written to, as Slurm does for a single job.
settle_lead() { # FD PATH
  [ -n "$2" ] || return 0
  settle_real=$(readlink "/proc/$$/fd/$1" 2> /dev/null) || return 0
  [ -f "$settle_real" ] || return 0
  # Slurm made it with the job's umask.
  for settle_place in scripts items; do
    ! [ "${settle_real%/*}" -ef "${settle_rec%/*/*}/$settle_place" ] || chmod 600 "$settle_real"
  done
  ! [ "$settle_real" -ef "$2" ] || return 0
  case $2 in
    "${settle_rec%/*/*}"/*) [ -e "$2" ] || { mkdir -p "${2%/*}" && ln -s "$settle_real" "$2"; } 2> /dev/null || : ;;
    *)
      mkdir -p "${2%/*}" 2> /dev/null
      if ! (: >> "$2") 2> /dev/null; then
        settle_failure="output file $2: cannot be written"
        return 1
      fi
      case $1 in 1) exec >> "$2" ;; 2) exec 2>> "$2" ;; esac
      ;;
  esac
}

settle_prepare() {
  if [ "$settle_mode" != local ]; then
    settle_lead 1 "$settle_out" && settle_lead 2 "$settle_err" || return 1
  else
    mkdir -p "${settle_out%/*}" "${settle_err%/*}" 2> /dev/null
    for settle_path in "$settle_err" "$settle_out"; do
      # What the user chose gets the mode of the user's umask.
      if ! (case $settle_path in "${settle_rec%/*/*}"/*) umask 077 ;; esac && : >> "$settle_path") 2> /dev/null; then
        settle_failure="output file $settle_path: cannot be written"
        return 1
      fi
    done
    exec < /dev/null 2>> "$settle_err" >> "$settle_out"
  fi
  if ! cd "$settle_dir" 2> /dev/null; then
    settle_failure="working directory $settle_dir: cannot be entered"
    [ -e "$settle_dir" ] || settle_failure="working directory $settle_dir: No such file or directory"
    return 1
  fi
  case $settle_script in
    '#!'*)
      settle_line=${settle_script%%"
"*}
      settle_line=$(printf '%s' "${settle_line#'#!'}" | sed 's/^[ \t]*//;s/[ \t]*$//')
      settle_interpreter=${settle_line%%[ 	]*}
      settle_argument=$(printf '%s' "${settle_line#"$settle_interpreter"}" | sed 's/^[ \t]*//')
      if [ ! -x "$settle_interpreter" ] || [ -d "$settle_interpreter" ]; then
        settle_failure="bad interpreter $settle_interpreter"
        return 1
      fi
      ;;
    *) settle_interpreter='' ;;
  esac
  rm -f "$settle_rec.script"
  if ! (umask 077 && printf '%s' "$settle_script" > "$settle_rec.script") 2> /dev/null; then
    settle_failure="cannot write $settle_rec.script"
    return 1
  fi
}

settle_quoted() { # TEXT: as one word of a shell
  settle_text=$(printf '%sx' "$1" | sed "s/'/'\\\\''/g")
  printf "'%s'" "${settle_text%x}"
}

settle_become() { # COMMAND...: with the environment that this shell was started with and the item's own variables
  if settle_words=$(LC_ALL=C sed -z "s/'/'\\\\''/g; s/^/'/; s/\$/'/" "/proc/$$/environ" 2> /dev/null | tr '\000' ' ') \
    && [ -n "$settle_words" ]; then
    for settle_name in $settle_names PWD; do
      eval "settle_value=\$$settle_name"
      settle_words="$settle_words $settle_name=$(settle_quoted "$settle_value")"
    done
    eval "exec env -i $settle_words \"\$@\""
  fi
  exec "$@"
}

settle_child() (
  trap - TERM INT
  settle_export
  # A job that Slurm requeued runs the script of its first start.
  [ "$settle_mode" = local ] || [ -z "${SETTLE_ATTEMPT:-}" ] || SETTLE_ATTEMPT=$((SETTLE_ATTEMPT + settle_restart))
  export PWD
  for settle_path in "${SETTLE_RESULT:-}" "${SETTLE_STOP:-}"; do
    case $settle_path in
      /*) mkdir -p "${settle_path%/*}" ;;
    esac
  done
  if [ -z "$settle_interpreter" ]; then
    settle_become /bin/sh -c "$settle_setup

. '$(printf '%s' "$settle_rec.script" | sed "s/'/'\\\\''/g")'"
  fi
  eval "set -- ${settle_arguments:-}"
  set -- "$settle_interpreter" ${settle_argument:+"$settle_argument"} "$settle_rec.script" "$@"
  if [ -z "$settle_setup" ]; then
    settle_become "$@"
  fi
  settle_become /bin/sh -c "$settle_setup

exec \"\$@\"" sh "$@"
)

settle_status=''
if settle_prepare; then
  settle_dog=''
  if [ -n "$settle_seconds" ]; then
    settle_watchdog > /dev/null 2>&1 &
    settle_dog=$!
  fi
  if [ "$settle_mode" = slurm ]; then
    # In the foreground, because a shell starts what runs in the background with INT and QUIT ignored. Slurm signals
    # every process of a job itself.
    settle_child
    settle_status=$?
    [ -z "$settle_asked" ] || settle_terminated=true
  else
    settle_child &
    settle_pid=$!
    while :; do
      wait "$settle_pid"
      settle_status=$?
      if [ -n "$settle_asked" ] && [ -z "$settle_ended_by" ] && kill -0 "$settle_pid" 2> /dev/null; then
        settle_ended_by=cancel
        settle_end_tree
      elif ! kill -0 "$settle_pid" 2> /dev/null; then
        break
      fi
    done
  fi
  if [ -n "$settle_dog" ]; then
    kill "$settle_dog" 2> /dev/null
    wait "$settle_dog"
    [ $? -ne 99 ] || settle_ended_by=$settle_over
  fi
else
  settle_say "$settle_failure"
fi
rm -f "$settle_rec.script"

# -------------------------------------------------------------------------------------------- the exit record

settle_now
settle_end_line() {
  settle_common
  printf ',"kind":"end","exit_code":%s,"signal":null,"terminated":%s' \
    "${settle_status:-null}" "$settle_terminated"
  [ -z "$settle_ended_by" ] || settle_json ended_by "$settle_ended_by"
  [ -z "$settle_failure" ] || settle_json launch_failure "$settle_failure"
  printf ',"ended_at":"%s"}\n' "$settle_time"
}
for settle_wait in 0.1 0.4 0.5 1 2 3 4 5 5 5 5 0; do
  rm -f "$settle_rec.tmp"
  if (umask 077 && { cat "$settle_rec.start" && settle_end_line; } > "$settle_rec.tmp") 2> /dev/null; then
    sync "$settle_rec.tmp" 2> /dev/null
    mv "$settle_rec.tmp" "$settle_rec" && rm -f "$settle_rec.start" && exit "${settle_status:-125}"
  fi
  [ -d "${settle_rec%/*}" ] || break # the run's folder was removed: nobody waits for this any more
  sleep "$settle_wait"
done
settle_say "cannot write the exit record $settle_rec"
exit "${settle_status:-125}"
