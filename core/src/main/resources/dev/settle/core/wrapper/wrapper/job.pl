# Part of wrapper.pl: one job, from its text to its end.
use strict;

# exec takes no argument longer than 128 KiB (MAX_ARG_STRLEN); longer scripts go through a file.
my $ARGUMENT_MAX = 100_000;
# Words that mean something else to a shell than the program of that name.
my %SHELL_WORD = map { $_ => 1 } qw(alias bg bind break builtin caller case cd command compgen complete compopt
    continue declare dirs disown do done echo elif else enable esac eval exec exit export fc fg fi for function getopts
    hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return
    select set shift shopt source suspend test then time times trap type typeset ulimit umask unalias unset until wait
    while . :);

# A jobs file begins with lines of 32 bytes: "settle-jobs 2 COUNT", then for each job "OFFSET LENGTH", offsets from 1.
sub read_job {
    my ($file, $index) = @_;
    open my $in, '<', $file or return (undef, "$!");
    binmode $in;
    sysread $in, my $head, 32;
    my ($count) = (defined $head ? $head : '') =~ /\Asettle-jobs 2 ([0-9]+) *\n\z/;
    return (undef, 'not a jobs file') unless defined $count;
    return (undef, 'there is no such job in it') unless $index =~ /\A[0-9]+\z/ && $index < $count;
    sysseek $in, 32 * ($index + 1), 0;
    sysread $in, my $place, 32;
    return (undef, 'its index is damaged') unless $place =~ /\A([0-9]{15}) ([0-9]{15})\n\z/;
    my ($offset, $length) = ($1 - 1, $2 + 0);
    sysseek $in, $offset, 0;
    my $text = '';
    while (length $text < $length) {
        my $got = sysread $in, $text, $length - length $text, length $text;
        next if !defined $got && $! == $EINTR;
        return (undef, 'it is cut short') unless $got;
    }
    return $text;
}

# The fields of a job, each ended by a NUL (JobWrapper.fields); what is left are its variables.
my @FIELDS = qw(who rec mode token out err dir timeout limit grace setup script arguments);

sub parse {
    my ($text) = @_;
    my %job;
    (@job{@FIELDS}, my @env) = split /\0/, $text, -1;
    return unless @env && pop(@env) eq '';
    $job{env} = \@env;
    return \%job;
}

# Runs a job from its text to its end, and this process with it.
sub run {
    my ($text, $task) = @_;
    my $job = read_text($text, $task);
    unless ($job) {
        say_error("the job's text is damaged");
        leave($CANNOT_START);
    }
    # Handlers before anybody can learn of this process, so that no signal finds it unprepared.
    notice_signals();
    ($job->{cpu_before}) = usage();    # of what was waited for before this script took the process over
    claim($job);
    $own_ticks ||= start_ticks($$);
    $job->{identity} = identity($job, stamp());
    unless (!defined $job->{file} || write_all($job->{file}, start_line($job))) {
        my $trouble = "cannot write $job->{rec}.start: $!";
        unlink "$job->{rec}.start";
        undef $job->{file};
        cannot_record($job, $trouble);
    }
    start_canary($job) unless $job->{local};
    my ($pid, $failure) = start($job);
    my $status = defined $pid ? watch($job, $pid, now($CLOCK_MONOTONIC)) : undef;
    if (defined $failure) {
        say_error($failure);
    }
    if ($job->{canary}) {
        kill 'KILL', $job->{canary};
        waitpid $job->{canary}, 0;
    }
    my ($cpu, $rss) = usage();
    end_record($job, end_line(
        $job->{identity}, $status, $failure, $job->{ended_by}, $job->{terminated}, $cpu - $job->{cpu_before}, $rss,
    ));
    unlink "$job->{rec}.script" if needs_file($job);
    end_as($status);
}

# A job from its text and from the Slurm job that it is run by, which may be a task of an array.
sub read_text {
    my ($text, $task) = @_;
    my $job = parse($text) or return;
    $job->{local} = $job->{mode} eq 'local';
    $job->{restart} = ($ENV{SLURM_RESTART_COUNT} || '0') =~ /\A([0-9]+)\z/ ? $1 + 0 : 0;
    $job->{slurm_job} =
          !defined $ENV{SLURM_JOB_ID} || $job->{local} ? undef
        : $task && defined $ENV{SLURM_ARRAY_JOB_ID} ? "$ENV{SLURM_ARRAY_JOB_ID}_$ENV{SLURM_ARRAY_TASK_ID}"
        :                                             $ENV{SLURM_JOB_ID};
    # Accounting learns only after some seconds that this number is a task of an array.
    $job->{slurm_number} =
        $job->{local} || !$task || !defined $ENV{SLURM_ARRAY_JOB_ID} ? undef : $ENV{SLURM_JOB_ID};
    $job->{slurm_cluster} = $job->{slurm_job} ? $ENV{SLURM_CLUSTER_NAME} : undef;
    return $job;
}

# Starts the job's process; (pid) or (undef, why not).
sub start {
    my ($job) = @_;
    my $trouble = prepare($job);
    return (undef, $trouble) if defined $trouble;
    my @words = $job->{setup} eq '' ? plain_words($job->{script}) : ();
    my @command = command($job);
    return (undef, $command[1]) unless defined $command[0];

    # Only what may fail to exec is asked whether it did: an interpreter, or an environment near the limits.
    my ($from_child, $to_parent);
    my $ask = needs_file($job) || length($job->{script}) + env_size() > $ARGUMENT_MAX;
    pipe $from_child, $to_parent if $ask;
    my $pid = fork;
    return (undef, "cannot fork: $!") unless defined $pid;
    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for @RESET;
        begin_signals();
        kill $_, $$ for asked_to_end();    # it came before there was anybody to get it
        # When there is no such program the shell says so in its own words.
        exec { $words[0] } @words if @words;
        $trouble = execute(@command);
        syswrite $to_parent, $trouble if $ask;
        leave($CANNOT_START);
    }
    if ($ask) {
        close $to_parent;
        my $said = '';
        for (;;) {
            my $got = sysread $from_child, $said, 4096, length $said;
            next if !defined $got && $! == $EINTR;
            last unless $got;
        }
        close $from_child;
        if (length $said) {
            waitpid $pid, 0;
            return (undef, $said);
        }
    }
    return $pid;
}

# Becomes the job; why it cannot, if it comes back.
sub execute {
    my (@command) = @_;
    exec { $command[0] } @command[1 .. $#command];
    return "cannot start the script: $command[0]: $!";
}

# Everything around the script: output, working directory, environment; why the job cannot be started, if it cannot.
sub prepare {
    my ($job) = @_;
    if ($job->{local}) {
        for ([\*STDERR, $job->{err}], [\*STDOUT, $job->{out}]) {
            my $trouble = redirect(@$_, output_mode($job->{rec}, $_->[1]));
            return $trouble if defined $trouble;
        }
    } else {
        for ([\*STDOUT, $job->{out}, 1], [\*STDERR, $job->{err}, 2]) {
            my $trouble = lead_to_output($job, @$_);
            return $trouble if defined $trouble;
        }
    }
    chdir $job->{dir} or return "working directory $job->{dir}: $!";
    for (@{$job->{env}}) {
        my ($name, $value) = split /=/, $_, 2;
        $ENV{$name} = $value;
        make_parent($value) if ($name eq 'SETTLE_RESULT' || $name eq 'SETTLE_STOP') && $value =~ m{^/};
    }
    # A job that Slurm requeued runs the script of its first start.
    $ENV{SETTLE_ATTEMPT} += $job->{restart} if $ENV{SETTLE_ATTEMPT} && !$job->{local};
    $ENV{PWD} = $job->{dir} unless is_pwd($job->{dir});
    # Every process of the job carries it: the tree can be found when its parents are gone.
    $job->{mark} = $ENV{SETTLE_RESULT};
    return;
}

# Whether the environment names the folder already, perhaps by the way that the user went there.
sub is_pwd {
    my ($dir) = @_;
    return defined $ENV{PWD} && $ENV{PWD} =~ m{^/} && ($ENV{PWD} eq $dir || same_file($ENV{PWD}, $dir));
}

# The folder of a job's run, with a slash at its end: its records lie in a folder of it.
sub run_folder {
    my ($rec) = @_;
    return substr $rec, 0, 1 + rindex $rec, '/', rindex($rec, '/') - 1;
}

# Whether a path of output is in the run's folder, and not one that the user chose.
sub is_own {
    my ($rec, $path) = @_;
    my $run = run_folder($rec);
    return $run ne '' && index($path, $run) == 0;
}

# What the user chose gets the mode of the user's umask.
sub output_mode {
    my ($rec, $path) = @_;
    return is_own($rec, $path) ? 0600 : 0666;
}

sub same_file {
    my ($one, $other) = map { join ':', (stat)[0, 1] } @_;
    return $one ne '' && $one eq $other;
}

sub redirect {
    my ($handle, $path, $mode) = @_;
    my $file;
    unless (sysopen $file, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode) {
        return "output file $path: $!" unless $! == $ENOENT && make_parent($path);
        sysopen $file, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode or return "output file $path: $!";
    }
    open $handle, '>>&', $file or return "output file $path: $!";
    return;
}

# Where Slurm opened the output elsewhere (an array has one pattern for all tasks): the item's path in the run's folder
# leads there; a path that the user chose is written to, as Slurm does for a single job.
sub lead_to_output {
    my ($job, $handle, $path, $fd) = @_;
    return if $path eq '';
    my $real = readlink "/proc/self/fd/$fd";
    return unless defined $real && $real =~ m{^/} && -f $real;
    # Slurm made it with the job's umask.
    my ($folder) = $real =~ m{^(.*)/};
    my $run = run_folder($job->{rec});
    chmod 0600, $real if same_file($folder, "${run}scripts") || same_file($folder, "${run}items");
    return if same_file($real, $path);
    return redirect($handle, $path, 0666) unless is_own($job->{rec}, $path);
    return if -e $path;
    make_parent($path);
    symlink $real, $path;
    return;
}

# The words of a script that is one command of plain words and words in single quotes, which mean to a shell what they
# say: it is left out, which saves a third of a short job's cost and hands on what no shell does.
sub plain_words {
    my ($script) = @_;
    my @words;
    if ($script =~ m{\A[ \t]*([A-Za-z0-9_./][A-Za-z0-9_./+:,@%-]*(?:[ \t]+[A-Za-z0-9_./+:,@%=-]+)*)[ \t\n]*\z}) {
        @words = split /[ \t]+/, $1;
    } else {
        return unless $script =~ m{\A[ \t]*(?=[A-Za-z0-9_./])}gc;
        while ($script =~ m{\G((?:[A-Za-z0-9_./+:,@%=-]+|'[^']*'|\\')+)(?:[ \t]+|(?=\n|\z))}gc) {
            my $word = $1;
            return if !@words && $word !~ m{\A[A-Za-z0-9_./+:,@%-]+\z};
            $word =~ s/'([^']*)'|\\(')/defined $1 ? $1 : $2/ge;
            push @words, $word;
        }
        return unless @words && $script =~ /\G[ \t\n]*\z/;
    }
    return $SHELL_WORD{$words[0]} ? () : @words;
}

# Variables that a shell does not hand on to what it starts, because their names are none to it; bash does.
sub unknown_to_shells {
    return map { "$_=$ENV{$_}" } grep { !/\A[A-Za-z_][A-Za-z0-9_]*\z/ } keys %ENV;
}

# What to execute: (program, arguments), or (undef, why not).
sub command {
    my ($job) = @_;
    my ($setup, $script) = ($job->{setup}, $job->{script});
    if ($script =~ /\A#!/) {
        my ($line) = $script =~ /\A#!([^\n]*)/;
        return (undef, "the script's first line ends in a carriage return (DOS line ends): #!$line") if $line =~ /\r\z/;
        my ($interpreter, $argument) = $line =~ /\A[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*\z/;
        return (undef, "the script's first line names no interpreter") unless defined $interpreter;
        return (undef, "bad interpreter $interpreter: " . (-e $interpreter ? 'Permission denied' : 'No such file'))
            unless -x $interpreter && -f _;
        my $file = script_file($job, $script) or return (undef, "cannot write $job->{rec}.script: $!");
        # As the kernel does it, but without asking that the file system lets files be executed.
        my @command = ($interpreter, $interpreter, ($argument eq '' ? () : $argument), $file, arguments($job->{arguments}));
        return @command if $setup eq '';
        shift @command;
        my $line = join ' ', map { quoted($_) } @command;
        my @lost = map { quoted($_) } unknown_to_shells();
        my $again = @lost ? "[ -n \"\${BASH_VERSION-}\" ] || exec env @lost $line\n" : '';
        return ('/bin/sh', 'sh', '-c', "$setup\n\n${again}exec $line");
    }
    my $text = $setup eq '' ? $script : "$setup\n\n$script";
    return ('/bin/sh', 'sh', '-c', '--', $text) unless needs_file($job);
    my $file = script_file($job, $text) or return (undef, "cannot write $job->{rec}.script: $!");
    return ('/bin/sh', 'sh', $file);
}

# The words of a text in which each stands in single quotes, with spaces between.
sub arguments {
    my ($text) = @_;
    return unless defined $text && $text ne '';
    my @words;
    pos($text) = 0;
    while ($text =~ /\G ?'([^']*)/gc) {
        my $word = $1;
        until ($text =~ /\G'(?= |\z)/gc) {
            $text =~ /\G'\\(')'/gc || $text =~ /\G([^']+)/gc or return @words;
            $word .= $1;
        }
        push @words, $word;
    }
    return @words;
}

sub script_file {
    my ($job, $text) = @_;
    my $path = "$job->{rec}.script";
    unlink $path;
    sysopen my $out, $path, $O_WRONLY | $O_CREAT | $O_EXCL, 0700 or return;
    write_all($out, $text) && close $out or return;
    return $path;
}

# Whether the script cannot be an argument of a shell.
sub needs_file {
    my ($job) = @_;
    return $job->{script} =~ /\A#!/ || length($job->{setup}) + length($job->{script}) + 2 > $ARGUMENT_MAX;
}

# Ends this process as the job ended: same code, or same signal, so that Slurm's accounting says it too.
sub end_as {
    my ($status) = @_;
    leave($CANNOT_START) unless defined $status;
    my $signal = $status & 127;
    leave($status >> 8) unless $signal;
    if ($sys->{prctl}) {
        syscall $sys->{prctl}, $PR_SET_DUMPABLE, 0, 0, 0, 0;    # no core of this process beside the job's own
    } elsif ($signal != 9 && $signal != 15) {
        exec '/bin/sh', '-c', "ulimit -c 0; kill -$signal \$\$";
    }
    $SIG{$NAMES[$signal]} = 'DEFAULT' if $signal < @NAMES && $signal != 9 && $signal != 19;
    kill $signal, $$;
    select undef, undef, undef, 1;
    leave(128 + $signal);
}
