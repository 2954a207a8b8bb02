# Part of the fake Slurm: scontrol show job. -v one_line=1
END {
    for (i = 1; i <= n; i++) {
        if (!last[i] || f[i, "state"] == "VANISHED" || lost(i, "squeue") || (f[i, "end"] != "" && now >= f[i, "end"] + purge)) { hide[i] = 1; continue }
        known++
    }
    if (!known) { if (asked) { print "slurm_load_jobs error: Invalid job id specified" > "/dev/stderr"; exit 1 } print "No jobs in the system"; exit 0 }
    group_tasks()
    for (i = 1; i <= n; i++) if (!hide[i]) show(i)
}
function show(i,    s, t, code) {
    s = f[i, "state"]
    if (s ~ /^(REQUEUED|NODE_FAIL|PREEMPTED|CANCELLED|TIMEOUT)$/ && f[i, "bend"] == "" && !never_started(i)) s = "COMPLETING"
    code = s == "CANCELLED" && !never_started(i) ? "0:15" : f[i, "rc"] ":" f[i, "sig"]
    t = "JobId=" shown_raw(i)
    if (f[i, "array"] != "") t = t " ArrayJobId=" f[i, "array"] " ArrayTaskId=" (group[i] != "" ? group[i] : f[i, "task"]) (f[i, "throttle"] != "" ? " ArrayTaskThrottle=" f[i, "throttle"] : "")
    t = t " JobName=" f[i, "name"] "\n UserId=" f[i, "user"] "(" f[i, "uid"] ") GroupId=" f[i, "user"] "(" f[i, "uid"] ") MCS_label=N/A\n Priority=" (f[i, "reason"] ~ /^JobHeld/ ? 0 : 1) " Nice=0 Account=" f[i, "account"] " QOS=" f[i, "qos"]
    t = t "\n JobState=" s " Reason=" f[i, "reason"] " Dependency=" (f[i, "dep"] == "" || !waits(i) ? "(null)" : f[i, "dep"]) "\n Requeue=1 Restarts=" f[i, "restart"] " BatchFlag=1 Reboot=0 ExitCode=" code
    t = t "\n RunTime=" span(elapsed(i), 1) " TimeLimit=" (f[i, "limit"] > 0 ? span(f[i, "limit"], 1) : "UNLIMITED") " TimeMin=N/A\n SubmitTime=" time_of(f[i, "submit"]) " EligibleTime=" time_of(f[i, "eligible"], "Unknown") "\n AccrueTime=Unknown"
    t = t "\n StartTime=" time_of(f[i, "start"], "Unknown") " EndTime=" time_of(f[i, "end"] != "" ? f[i, "end"] : f[i, "start"] != "" && f[i, "limit"] > 0 ? f[i, "start"] + f[i, "limit"] : "", "Unknown") " Deadline=N/A\n SuspendTime=None SecsPreSuspend=0 LastSchedEval=" time_of(f[i, "submit"]) " Scheduler=Main"
    t = t "\n Partition=" f[i, "partition"] " AllocNode:Sid=localhost:1\n ReqNodeList=(null) ExcNodeList=(null)\n NodeList=" f[i, "node"] (f[i, "node"] != "" ? "\n BatchHost=" f[i, "node"] : "")
    t = t "\n NumNodes=1 NumCPUs=" f[i, "cpus"] " NumTasks=1 CPUs/Task=" f[i, "cpus"] " ReqB:S:C:T=0:0:*:*\n TRES=cpu=" f[i, "cpus"] ",mem=" memory(f[i, "mem"]) ",node=1,billing=" f[i, "cpus"]
    t = t "\n OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)\n Command=" (f[i, "command"] == "" ? "(null)" : f[i, "command"]) "\n WorkDir=" f[i, "workdir"] (f[i, "comment"] == "" ? "" : "\n Comment=" f[i, "comment"])
    t = t "\n StdErr=" (f[i, "err"] == "" ? f[i, "out"] : f[i, "err"]) "\n StdIn=/dev/null\n StdOut=" f[i, "out"] "\n Power= "
    if (one_line) gsub(/\n/, "", t); else { gsub(/\n/, "\n  ", t); t = t "\n" }
    print t
}
