# Part of wrapper.pl: the records of a job, its claim at the start (StartRecord) and how it ended (ExitRecord).
use strict;

# Waits between tries to write the exit record: 31 s in all.
my @RECORD_TRIES_S = (0.1, 0.4, 0.5, 1, 2, 3, 4, 5, 5, 5, 5);

# How long an exit record of another host is waited for.
my $ELSEWHERE_S = 30;

my ($host, $boot) = (first_line('/proc/sys/kernel/hostname'), first_line('/proc/sys/kernel/random/boot_id'));
my $own_ticks;  # when this process started, see start_ticks
my ($stamped, $stamp) = (-1, '');    # see stamp

# Claims the attempt, so that it runs once whoever submits it twice, by creating the file of its start record. It is the
# first line of the file that becomes the exit record, so that a full disk has room for the end.
sub claim {
    my ($job) = @_;
    my $start = "$job->{rec}.start";
    for (1 .. 3) {
        my $file = create($start);
        if (defined $file) {
            earlier_run($job, $job->{rec}) if -e $job->{rec};
            $job->{file} = $file;
            return;
        }
        my $error = $!;
        if ($error == $EEXIST) {
            earlier_run($job, $start);
            next;
        }
        next if $error == $ENOENT && make_parent($start);
        return cannot_record($job, "cannot create $start: $error");
    }
    cannot_record($job, "cannot create $start");
}

# Who runs the attempt and where to find it.
sub start_line {
    my ($job) = @_;
    return "$job->{identity},\"kind\":\"start\",\"mode\":\"$job->{mode}\"}\n";
}

# Without a start record a local job is not started: nobody could find it again. A batch job waited in the queue for
# its turn; it runs, and its exit record is tried at its end.
sub cannot_record {
    my ($job, $trouble) = @_;
    say_error($trouble);
    return unless $job->{local};
    refused($job->{seq}, 'storage', $trouble) if $job->{apart};
    $job->{apart} ? leave_work(0) : leave($CANNOT_START);
}

# Somebody was here before: an earlier run of the same Slurm job (a requeue), whose records are put aside, or another
# submission of the same attempt, and then this one must not run.
sub earlier_run {
    my ($job, $path) = @_;
    my $said = '';
    for (1 .. 50) {
        $said = first_line($path);
        last if $said =~ /\}\z/;
        select undef, undef, undef, 0.02;    # its first line is just being written
    }
    my ($pid) = $said =~ /"pid":([0-9]+)/;
    my ($token) = $said =~ /"token":"([a-z0-9]+)"/;
    my ($slurm_job) = $said =~ /"slurm_job":"([0-9_]+)"/;
    my ($restart) = $said =~ /"restart":([0-9]+)/;
    # A claim without a word is of a wrapper that was killed before it could run anything. A recovered controller gives
    # the number of a job that it has forgotten to another one: the token tells them apart.
    my $same_job = !defined $pid
        || (defined $job->{slurm_job} && defined $slurm_job && $slurm_job eq $job->{slurm_job} && $token eq $job->{token});
    if ($same_job) {
        not_again($job, $path, $said) if defined $restart && $job->{restart} <= $restart;
        my $aside = defined $restart ? $restart : 'x';
        (my $end = $path) =~ s/\.start\z//;
        rename $path, $path eq $end ? "$end.restart$aside" : "$end.restart$aside.start";
        return;
    }
    unlink "$job->{rec}.start" if $path eq $job->{rec};    # our own claim beside an exit record
    if ($job->{local} && $token eq $job->{token}) {
        answer(($path eq $job->{rec} ? 'ran' : 'started') . " $job->{seq} $pid") if $job->{apart};
        $job->{apart} ? leave_work(0) : leave(0);
    }
    my $who = defined $slurm_job ? "job $slurm_job" : "process $pid";
    refused($job->{seq}, 'started_before', "this attempt was already started by $who") if $job->{apart};
    leave_work(0) if $job->{apart};
    say_error("this attempt was already started by $who; it is not run twice");
    leave($CANNOT_START);
}

# Slurm counts how often it starts a job again. One that begins anew without having been counted belongs to a controller
# that has lost its last minutes, and with them that it had started the job. What still runs is waited for (Slurm ends
# what its controller does not know), and what has ended does not run again: this job ends as that one did. Returns
# when the earlier run was killed.
sub not_again {
    my ($job, $path, $said) = @_;
    my $elsewhere_until = now($CLOCK_MONOTONIC) + $ELSEWHERE_S;
    until (-e $job->{rec} || !may_run($said, $elsewhere_until)) {
        end_as($NUMBER{$_}) for asked_to_end();
        select undef, undef, undef, 0.2;
    }
    my $end = last_line($job->{rec});
    my ($code) = $end =~ /"exit_code":([0-9]+)/;
    my ($signal) = $end =~ /"signal":([0-9]+)/;
    return unless defined $code || defined $signal;
    unlink "$job->{rec}.start" if $path eq $job->{rec};    # our own claim beside an exit record
    say_error('Slurm has started this job a second time; it had ended and is not run again');
    end_as(defined $signal ? $signal : $code << 8);
}

# Whether the process of a start record may be running still. Of another host nothing tells but its exit record.
sub may_run {
    my ($said, $elsewhere_until) = @_;
    my ($there) = $said =~ /"host":"([^"]*)"/;
    my ($then) = $said =~ /"boot":"([^"]*)"/;
    my ($pid, $ticks) = $said =~ /"pid":([0-9]+),"start_ticks":([0-9]+)/;
    return now($CLOCK_MONOTONIC) < $elsewhere_until if $there ne $host;
    return $then eq $boot && start_ticks($pid) eq $ticks;
}

# The line that a record ends with.
sub end_line {
    my ($identity, $status, $failure, $by, $terminated, $cpu, $rss) = @_;
    my $signal = defined $status ? $status & 127 : 0;
    my $code = defined $status && !$signal ? $status >> 8 : 'null';
    $signal ||= 'null';
    $by = $by ? "\"$by\"" : 'null';
    $failure = defined $failure ? json_text($failure) : 'null';
    $terminated = $terminated ? 'true' : 'false';
    $rss = 'null' unless defined $rss;
    return "$identity,\"kind\":\"end\",\"exit_code\":$code,\"signal\":$signal,\"ended_by\":$by"
        . ",\"terminated\":$terminated,\"launch_failure\":$failure,\"ended_at\":\"" . stamp()
        . '","cpu_s":' . sprintf('%.3f', $cpu) . ",\"max_rss_bytes\":$rss}\n";
}

# Writes the end of a record and forces it to disk; whether that worked.
sub end_record {
    my ($job, $line) = @_;
    my $file = $job->{file};
    return 1 if defined $file && write_all($file, $line) && fsync($file) && rename "$job->{rec}.start", $job->{rec};
    return record_anew($job->{rec}, start_line($job) . $line);
}

# Writes a whole record to another file, again and again where the disk refuses; whether that worked in the end.
sub record_anew {
    my ($rec, $text) = @_;
    for my $wait (@RECORD_TRIES_S, 0) {
        unlink "$rec.tmp";
        my $file = create("$rec.tmp");
        if (defined $file) {
            my $done = write_all($file, $text) && fsync($file) && rename "$rec.tmp", $rec;
            my $error = $!;
            shut($file);
            if ($done) {
                unlink "$rec.start";
                return 1;
            }
            $! = $error;
        }
        # The run's folder was removed, or a limit on file sizes holds: waiting does not help.
        last if $! == $ENOENT || $! == $EFBIG;
        select undef, undef, undef, $wait;
    }
    say_error("cannot write the exit record $rec: $!");
    return 0;
}

# Both lines of a record begin with it: what runs, where, and the process that runs it.
sub identity {
    my ($job, $started) = @_;
    my $run = json(
        restart => number($job->{restart}),
        slurm_job => $job->{slurm_job},
        slurm_number => $job->{slurm_number},
        slurm_cluster => $job->{slurm_cluster},
    );
    return "$job->{who},$run," . place() . ",\"started_at\":\"$started\",\"pid\":$$,\"start_ticks\":$own_ticks";
}

# Where records are written.
sub place {
    return json(host => $host, boot => $boot, @_);
}

# Fields of an object.
sub json {
    my @fields;
    while (my ($name, $value) = splice @_, 0, 2) {
        push @fields, "\"$name\":" . (!defined $value ? 'null' : ref $value ? $$value : json_text($value));
    }
    return join ',', @fields;
}

sub json_text {
    my ($text) = @_;
    my $copy = $text;
    # Bytes that are no UTF-8 (a path may have them) are told as the characters of Latin-1.
    $text =~ s/([\x80-\xff])/sprintf '\\u%04x', ord $1/ge unless utf8::decode($copy);
    $text =~ s/(["\\\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
    return "\"$text\"";
}

sub number {
    my ($text) = @_;
    return !defined $text || $text eq '' ? undef : \"$text";
}

# The time as RFC 3339; the second of the last one is kept, because its neighbours are asked for next.
sub stamp {
    my ($second, $ms);
    if ($sys->{clock_gettime}) {
        syscall $sys->{clock_gettime}, $CLOCK_REALTIME, $time;
        ($second, my $ns) = unpack 'q2', $time;
        $ms = int $ns / 1e6;
    } else {
        my $now = now($CLOCK_REALTIME);
        ($second, $ms) = (int $now, int(($now - int $now) * 1000));
    }
    if ($second != $stamped) {
        my ($s, $min, $h, $d, $mon, $y) = gmtime $second;
        $stamp = sprintf '%04d-%02d-%02dT%02d:%02d:%02d', $y + 1900, $mon + 1, $d, $h, $min, $s;
        $stamped = $second;
    }
    return sprintf '%s.%03dZ', $stamp, $ms;
}
