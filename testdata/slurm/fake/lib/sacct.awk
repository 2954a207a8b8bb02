# Part of the fake Slurm: sacct's rows. -v format="FIELD,...", -v delimiter, -v header, -v steps, -v duplicates,
# -v style=P|p|wide, -v since=SECONDS (asked by time), -v names, -v users, -v states
END {
    columns = split(format, column, ",")
    for (c = 1; c <= columns; c++) {
        wide[c] = column[c] ~ /%/ ? substr(column[c], index(column[c], "%") + 1) : ""
        sub(/%.*/, "", column[c])
        low[c] = tolower(column[c])
        if (!(low[c] in known)) { print "sacct: error: Invalid field requested: \"" column[c] "\"" > "/dev/stderr"; exit 1 }
        title[c] = known[low[c]]
    }
    if (header) {
        for (c = 1; c <= columns; c++) cell[c] = title[c]
        put()
        if (style == "wide") { for (c = 1; c <= columns; c++) cell[c] = substr("--------------------------------------------------", 1, width(c)); put() }
    }
    for (i = 1; i <= n; i++) {
        # Until the start record has arrived a job has no row, and a partial one as soon as a step has begun.
        part[i] = now - lag < f[i, "submit"] + partial
        if (f[i, "state"] == "VANISHED" || lost(i, "sacct") || (!last[i] && !duplicates) || (part[i] && never_started(i))) hide[i] = 1
        if (since != "" && (part[i] || f[i, "eligible"] == "" || f[i, "eligible"] == 0 || (f[i, "end"] != "" && f[i, "end"] < since))) hide[i] = 1
        if (names != "" && !index("," names ",", "," (part[i] ? "allocation" : f[i, "name"]) ",")) hide[i] = 1
        if (users != "" && !index("," users ",", "," f[i, "user"] ",")) hide[i] = 1
    }
    group_tasks()
    for (i = 1; i <= n; i++) {
        if (hide[i]) continue
        state = f[i, "state"]; code = f[i, "rc"] ":" f[i, "sig"]
        if (part[i] && f[i, "end"] == "") state = "PENDING"
        wrong = pretended(i, "sacct")
        if (wrong != "") { split(wrong "/" code, w, "/"); state = w[1]; code = w[2] }
        if (states != "" && !index(states, " " state " ")) continue
        if (state == "CANCELLED" && f[i, "by"] != "") state = "CANCELLED by " f[i, "by"]
        row(i, "")
        if (steps && !never_started(i)) row(i, ".batch")
    }
}
function row(i, step,    c) {
    for (c = 1; c <= columns; c++) cell[c] = step == "" ? job_value(i, low[c]) : step_value(i, low[c])
    put()
}
function put(    c, line) {
    line = ""
    for (c = 1; c <= columns; c++) {
        if (style == "wide") line = line fit(cell[c], width(c), low[c]) " "
        else line = line (c > 1 ? delimiter : "") cell[c]
    }
    print line (style == "p" ? delimiter : "")
}
function width(c) { return wide[c] != "" ? (wide[c] < 0 ? -wide[c] : wide[c]) : low[c] == "jobid" ? 12 : low[c] == "exitcode" || low[c] == "derivedexitcode" ? 8 : low[c] ~ /^(submit|start|end|eligible)$/ ? 19 : 10 }
function fit(text, w, name) {
    if (length(text) > w) text = substr(text, 1, w - 1) "+"
    return sprintf(name == "jobid" ? "%-" w "s" : "%" w "s", text)
}
function tres(i) { return "cpu=" f[i, "cpus"] ",mem=" memory(f[i, "mem"]) ",node=1" }
function job_value(i, name) {
    if (name == "jobid") return shown_id(i)
    if (name == "jobidraw") return shown_raw(i)
    if (name == "jobname") return part[i] ? "allocation" : f[i, "name"]
    if (name == "state") return state
    if (name == "exitcode") return code
    if (name == "derivedexitcode") return "0:0"
    if (name == "reason") return f[i, "sreason"]
    if (name == "start") return time_of(f[i, "start"], f[i, "end"] == "" ? "Unknown" : "None")
    if (name == "end") return time_of(f[i, "end"], "Unknown")
    if (name == "elapsedraw") return elapsed(i)
    if (name == "elapsed") return span(elapsed(i), 1)
    if (name == "nodelist") return never_started(i) ? "None assigned" : f[i, "node"]
    if (name == "alloctres") return never_started(i) || (part[i] && f[i, "end"] == "") ? "" : "billing=" f[i, "cpus"] "," tres(i)
    if (name == "reqtres") return "billing=" f[i, "cpus"] "," tres(i)
    if (name == "maxrss" || name == "failednode") return ""
    if (name == "qos") return part[i] ? "Unknown" : f[i, "qos"]
    if (name == "user") return f[i, "user"]
    if (name == "uid") return f[i, "uid"]
    if (name == "submitline") return f[i, "submitline"]
    if (name == "comment") return ("comment" in world) ? f[i, "comment"] : ""
    if (name == "timelimit") return f[i, "limit"] > 0 ? span(f[i, "limit"], 1) : "UNLIMITED"
    if (name == "timelimitraw") return !part[i] && f[i, "limit"] > 0 ? int((f[i, "limit"] + 59) / 60) : ""
    if (name == "partition") return f[i, "partition"]
    if (name == "workdir") return f[i, "workdir"]
    if (name == "restarts") return f[i, "restart"]
    return both(i, name)
}
function step_value(i, name) {
    if (name == "jobid") return f[i, "key"] ".batch"
    if (name == "jobidraw") return f[i, "raw"] ".batch"
    if (name == "jobname") return "batch"
    if (name == "state") return f[i, "bstate"] == "" ? "RUNNING" : f[i, "bstate"]
    if (name == "exitcode") return state == "NODE_FAIL" ? "" : f[i, "brc"] ":" f[i, "bsig"]
    if (name == "start") return time_of(f[i, "start"], "Unknown")
    if (name == "end") return time_of(f[i, "bend"] == "" ? f[i, "end"] : f[i, "bend"], "Unknown")
    if (name == "elapsedraw") return elapsed(i)
    if (name == "elapsed") return span(elapsed(i), 1)
    if (name == "nodelist") return f[i, "node"]
    if (name == "alloctres") return tres(i)
    if (name == "maxrss") return f[i, "bend"] == "" ? "" : "4704K"
    if (name ~ /^(submit|account|alloccpus|ncpus|nnodes|totalcpu|usercpu|systemcpu|cputimeraw|cluster)$/) return name == "submit" ? time_of(f[i, "start"], "Unknown") : both(i, name)
    return ""
}
function both(i, name) {
    if (name == "submit") return time_of(f[i, "submit"], "Unknown")
    if (name == "eligible") return time_of(f[i, "eligible"], "Unknown")
    if (name == "account") return f[i, "account"]
    if (name ~ /^(alloccpus|ncpus)$/) return never_started(i) ? 0 : f[i, "cpus"]
    if (name == "reqcpus") return f[i, "cpus"]
    if (name == "nnodes") return 1
    if (name ~ /^(totalcpu|usercpu|systemcpu)$/) return f[i, "bend"] == "" ? "00:00:00" : "00:00.004"
    if (name == "cputimeraw") return elapsed(i) * f[i, "cpus"]
    if (name == "cluster") return "fake"
    if (name == "reqmem") return memory(f[i, "mem"])
    if (name == "priority") return 1
    return ""
}
BEGIN {
    count = split("JobID JobIDRaw JobName State ExitCode DerivedExitCode Reason Submit Eligible Start End Elapsed ElapsedRaw NodeList AllocTRES ReqTRES AllocCPUS NCPUS ReqCPUS NNodes MaxRSS TotalCPU UserCPU SystemCPU CPUTimeRAW Account QOS User UID Partition Cluster Timelimit TimelimitRaw Comment WorkDir SubmitLine Priority ReqMem FailedNode Restarts", name, " ")
    for (i = 1; i <= count; i++) known[tolower(name[i])] = name[i]
    delete known["restarts"]   # not in 22.05
}
