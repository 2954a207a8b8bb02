# Part of the fake Slurm: reads the plan and the records; used by squeue, sacct and scontrol.
#
# In: -v now=SECONDS, -v asof=SECONDS (younger lines are ignored), -v plan=FILE, -v keys="KEY ..." (all if empty).
# Out: n records, record i has f[i, FIELD]; last[i] is 1 for the newest run of its task.

BEGIN {
    FS = "\037"
    fields = split("at key array task raw restart state reason rc sig submit eligible start end node name user uid account qos partition cpus mem limit workdir out err comment by bstate brc bsig bend throttle dep submitline sreason command", field, " ")
    read_plan()
    asked = split(keys, list, " ")
    for (i = 1; i <= asked; i++) want[list[i]]
}
$1 <= asof && (!asked || $2 in want || $3 in want) {
    run = $2 SUBSEP $6
    if (!(run in index_of)) {
        index_of[run] = ++n
        if ($2 in newest) last[newest[$2]] = 0
        newest[$2] = n; last[n] = 1
    }
    i = index_of[run]
    for (j = 1; j <= fields; j++) f[i, field[j]] = $j
}

function read_plan(    line, w, count, i) {
    purge = 300; partial = 0
    while (plan != "" && (getline line < plan) > 0) {
        count = split(line, w, " ")
        if (w[1] == "world") world[w[2]] = w[3]
        if (w[1] == "job") { rules++; rule_for[rules] = w[2]; rule_verb[rules] = w[3]; rule_args[rules] = w[4] (count > 4 ? " " w[5] : "") }
    }
    if ("purge" in world) purge = world["purge"]
    if ("partial" in world) partial = world["partial"]
}
# The arguments of the last rule VERB for record i, or NONE.
function rule(i, verb,    r, found, who) {
    found = "NONE"
    for (r = 1; r <= rules; r++) {
        if (rule_verb[r] != verb) continue
        who = rule_for[r]
        if (who == "*" || who == f[i, "key"] || who == f[i, "array"] || who == f[i, "raw"]) found = rule_args[r]
        else if (who ~ /^name:/ && f[i, "name"] ~ glob(substr(who, 6))) found = rule_args[r]
    }
    return found
}
function glob(text) { gsub(/[][.+(){}^$|\\]/, "\\\\&", text); gsub(/\*/, ".*", text); gsub(/\?/, ".", text); return "^" text "$" }
# Is record i hidden from this tool?
function lost(i, tool,    r) { r = rule(i, "lost"); return r != "NONE" && (r == tool || r == "all" || r == "") }
# The state that the plan wants TOOL to show for record i, or nothing: "STATE [SECONDS after the end]".
function pretended(i, tool,    r, w, count) {
    r = rule(i, tool)
    if (r == "NONE") return ""
    count = split(r, w, " ")
    if (count == 1) return w[1]
    return (f[i, "end"] != "" && now < f[i, "end"] + w[2]) ? w[1] : ""
}

function waits(i) { return f[i, "state"] == "PENDING" }
function never_started(i) { return f[i, "start"] == "" }
function time_of(t, otherwise) { return (t == "" || t == 0) ? otherwise : strftime("%Y-%m-%dT%H:%M:%S", int(t)) }
function elapsed(i,    to) {
    if (f[i, "start"] == "") return 0
    to = f[i, "end"] == "" ? now : f[i, "end"]
    return int(to) - int(f[i, "start"])
}
function span(s, wide,    d, h, m) { # 1-02:03:04; wide: always with hours
    d = int(s / 86400); s %= 86400; h = int(s / 3600); s %= 3600; m = int(s / 60); s %= 60
    if (d) return sprintf("%d-%02d:%02d:%02d", d, h, m, s)
    if (wide) return sprintf("%02d:%02d:%02d", h, m, s)
    return h ? sprintf("%d:%02d:%02d", h, m, s) : sprintf("%d:%02d", m, s)
}
# Tasks of an array that never started share one record. Sets group[i] to its range for the first of them and hides the
# others. Tasks that were asked for by their own id stay alone.
function group_tasks(    i, g, head, from, to, k) {
    for (i = 1; i <= n; i++) {
        if (f[i, "array"] == "" || !never_started(i) || f[i, "restart"] > 0 || f[i, "key"] in want || hide[i]) continue
        g = f[i, "array"] SUBSEP f[i, "state"]
        if (!(g in head)) { head[g] = i; from[g] = to[g] = f[i, "task"]; continue }
        hide[i] = 1
        k = head[g]
        if (f[i, "task"] == to[g] + 1) { to[g] = f[i, "task"]; continue }
        group[k] = group[k] (group[k] == "" ? "" : ",") stretch(from[g], to[g])
        from[g] = to[g] = f[i, "task"]
    }
    for (g in head) {
        k = head[g]
        group[k] = group[k] (group[k] == "" ? "" : ",") stretch(from[g], to[g]) (f[k, "throttle"] != "" && waits(k) ? "%" f[k, "throttle"] : "")
    }
}
function stretch(from, to) { return from == to ? from : from "-" to }
function shown_id(i) { return group[i] != "" ? f[i, "array"] "_[" group[i] "]" : f[i, "key"] }
function shown_raw(i) { return never_started(i) && f[i, "array"] != "" && f[i, "restart"] == 0 ? f[i, "array"] : f[i, "raw"] }
function memory(mb) { return mb >= 1024 && mb % 1024 == 0 ? mb / 1024 "G" : mb "M" }
