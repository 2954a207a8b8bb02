# Part of the fake Slurm: squeue's rows. -v format, -v header=1, -v states="RUNNING ..." or all, -v each=1 (-r)
END {
    count = split(states, list, " ")
    for (i = 1; i <= count; i++) wanted_state[list[i]]
    for (i = 1; i <= n; i++) {
        state[i] = f[i, "state"]; reason[i] = f[i, "reason"]
        if (state[i] ~ /^(REQUEUED|NODE_FAIL|PREEMPTED|CANCELLED|TIMEOUT)$/ && f[i, "bend"] == "" && !never_started(i)) state[i] = "COMPLETING"
        completing = rule(i, "completing")
        if (completing != "NONE" && f[i, "end"] != "" && now < f[i, "end"] + completing) state[i] = "COMPLETING"
        wrong = pretended(i, "squeue")
        if (wrong != "") { split(wrong "/None", w, "/"); state[i] = w[1]; reason[i] = w[2] }
        if (!last[i] || state[i] == "VANISHED" || lost(i, "squeue")) hide[i] = 1
        if (f[i, "end"] != "" && now >= f[i, "end"] + purge && state[i] != "COMPLETING" && wrong == "") hide[i] = 1
        if (!hide[i]) known++
    }
    if (asked_ids == 1 && !known) { print "slurm_load_jobs error: Invalid job id specified" > "/dev/stderr"; exit 1 }
    if (!each) group_tasks()
    if (header) print render(0)
    for (i = 1; i <= n; i++)
        if (!hide[i] && (states == "all" || state[i] in wanted_state) && (names == "" || index("," names ",", "," f[i, "name"] ",")) && (users == "" || index("," users ",", "," f[i, "user"] ",")))
            print render(i)
}
function render(i,    text, out, width, letter, value, right) {
    text = format; out = ""
    while (match(text, /%[.]?[0-9]*[a-zA-Z]/)) {
        out = out substr(text, 1, RSTART - 1)
        letter = substr(text, RSTART + RLENGTH - 1, 1)
        width = substr(text, RSTART + 1, RLENGTH - 2)
        right = sub(/^[.]/, "", width)
        text = substr(text, RSTART + RLENGTH)
        value = i ? value_of(i, letter) : title_of(letter)
        if (width != "") value = right ? sprintf("%" width "s", substr(value, 1, width)) : sprintf("%-" width "s", substr(value, 1, width))
        out = out value
    }
    return out text
}
function short_of(s) { return (s in short) ? short[s] : substr(s, 1, 2) }
function value_of(i, letter,    s) {
    s = state[i]
    if (letter == "i") return shown_id(i)
    if (letter == "A") return shown_raw(i)
    if (letter == "F") return f[i, "array"] != "" ? f[i, "array"] : f[i, "raw"]
    if (letter == "K") return group[i] != "" ? group[i] : f[i, "task"] != "" ? f[i, "task"] : "N/A"
    if (letter == "T") return s
    if (letter == "X") return f[i, "end"] == "" ? 0 : f[i, "rc"] * 256 + (s == "CANCELLED" && !never_started(i) ? 15 : f[i, "sig"])
    if (letter == "t") return short_of(s)
    if (letter == "r") return reason[i]
    if (letter == "R") return s == "PENDING" || (f[i, "end"] != "" && s != "COMPLETED") ? "(" reason[i] ")" : f[i, "node"]
    if (letter == "M") return s == "PENDING" ? "0:00" : span(elapsed(i))
    if (letter == "N") return s == "PENDING" ? "" : f[i, "node"]
    if (letter == "B") return f[i, "node"] == "" ? "n/a" : f[i, "node"]
    if (letter == "a") return f[i, "account"]
    if (letter == "q") return f[i, "qos"]
    if (letter == "P") return f[i, "partition"]
    if (letter == "V") return time_of(f[i, "submit"], "N/A")
    if (letter == "S") return time_of(f[i, "start"] == "" ? f[i, "end"] : f[i, "start"], "N/A")
    if (letter == "e") return time_of(f[i, "end"] != "" ? f[i, "end"] : f[i, "start"] != "" && f[i, "limit"] > 0 ? f[i, "start"] + f[i, "limit"] : "", "N/A")
    if (letter == "u") return f[i, "user"]
    if (letter == "U") return f[i, "uid"]
    if (letter == "j") return f[i, "name"]
    if (letter == "k") return f[i, "comment"] == "" ? "(null)" : f[i, "comment"]
    if (letter == "l") return f[i, "limit"] > 0 ? span(f[i, "limit"]) : "UNLIMITED"
    if (letter == "L") return f[i, "limit"] > 0 ? span(f[i, "limit"] > elapsed(i) ? f[i, "limit"] - elapsed(i) : 0) : "UNLIMITED"
    if (letter == "C" || letter == "c") return f[i, "cpus"]
    if (letter == "D") return 1
    if (letter == "m") return memory(f[i, "mem"])
    if (letter == "Q" || letter == "p") return 1
    if (letter == "E") return f[i, "dep"] == "" ? "(null)" : f[i, "dep"]
    if (letter == "o") return f[i, "command"] == "" ? "(null)" : f[i, "command"]
    if (letter == "Z") return f[i, "workdir"]
    return "N/A"
}
function title_of(letter) { return letter in title ? title[letter] : "N/A" }
BEGIN {
    split("i JOBID A JOBID F ARRAY_JOB_ID K ARRAY_TASK_ID T STATE t ST X EXIT_CODE r REASON R NODELIST(REASON) M TIME N NODELIST B EXEC_HOST a ACCOUNT q QOS P PARTITION V SUBMIT_TIME S START_TIME e END_TIME u USER U UID j NAME k COMMENT l TIME_LIMIT L TIME_LEFT C CPUS c MIN_CPUS D NODES m MIN_MEMORY Q PRIORITY p PRIORITY E DEPENDENCY o COMMAND Z WORK_DIR", pair, " ")
    for (i = 1; pair[i] != ""; i += 2) title[pair[i]] = pair[i + 1]
    split("PENDING PD RUNNING R SUSPENDED S COMPLETING CG COMPLETED CD FAILED F CANCELLED CA TIMEOUT TO NODE_FAIL NF PREEMPTED PR OUT_OF_MEMORY OOM BOOT_FAIL BF DEADLINE DL REQUEUED RQ CONFIGURING CF", pair2, " ")
    for (i = 1; pair2[i] != ""; i += 2) short[pair2[i]] = pair2[i + 1]
}
