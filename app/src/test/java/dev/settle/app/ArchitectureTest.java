package dev.settle.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.settle.core.view.html.Fragment;
import java.io.FileDescriptor;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of construction that span modules. This module sees all of them. */
final class ArchitectureTest {
    /** Raise it as the code grows: a scan that finds less than this has missed a module. */
    private static final int CLASSES_AT_LEAST = 1_000;

    /** Source files of one package. */
    private static final int FILES_MAX = 25;

    private static final String ROOT = "dev.settle.";
    private static final String JSON = ROOT + "core.json";
    private static final String FILE = ROOT + "core.file";
    private static final String TEXT = ROOT + "core.text";
    private static final String ENVIRONMENT = ROOT + "core.environment";
    private static final String MODEL = ROOT + "core.model";
    private static final String RUN_FILE = ROOT + "core.runfile";
    private static final String KEYS = ROOT + "core.runfile.keys";
    private static final String TREE = ROOT + "core.runfile.tree";
    private static final String RUN = ROOT + "core.run";
    private static final String KERNEL = ROOT + "core.kernel";
    private static final String KERNEL_STATE = ROOT + "core.kernel.state";
    private static final String SUBMISSION = ROOT + "core.kernel.submission";
    private static final String POLLING = ROOT + "core.kernel.polling";
    private static final String EVIDENCE = ROOT + "core.kernel.evidence";
    private static final String SCHEDULER = ROOT + "core.scheduler";
    private static final String WRAPPER = ROOT + "core.wrapper";
    private static final String JOURNAL = ROOT + "core.journal";
    private static final String JOURNAL_FILE = ROOT + "core.journal.file";
    private static final String LEASE = ROOT + "core.journal.lease";
    private static final String VIEW = ROOT + "core.view";
    private static final String HTML = ROOT + "core.view.html";
    private static final String PAGE = ROOT + "core.view.html.page";
    private static final String TEMPLATE = ROOT + "core.view.html.template";
    private static final String LIVE_TEMPLATE = TEMPLATE + ".live";
    private static final String LIVE_PAGE = ROOT + "core.view.html.dashboard";
    private static final String SCREEN = ROOT + "core.view.screen";
    private static final String EXPLAIN = ROOT + "core.view.explain";
    private static final String DOCUMENT = ROOT + "core.view.document";
    private static final String SLURM = ROOT + "slurm";
    private static final String PARSE = ROOT + "slurm.parse";
    private static final String TOOLS = ROOT + "slurm.tools";
    private static final String APP = ROOT + "app";
    private static final String STEP_QUEUE = ROOT + "app.stepqueue";
    private static final String STEP_QUEUE_CLIENT = ROOT + "app.stepqueue.client";
    private static final String STEP_QUEUE_FILES = ROOT + "app.stepqueue.files";
    private static final String LOCAL = ROOT + "app.local";
    private static final String JOB_SERVER = ROOT + "app.local.jobserver";
    private static final String PROCESS = ROOT + "app.process";
    private static final String CONFIG = APP + ".config";
    private static final String DASHBOARD = APP + ".dashboard";
    private static final String WEB = APP + ".dashboard.web";
    private static final String TERMINAL = APP + ".terminal";
    private static final String RUNS = ROOT + "app.runs";
    private static final String ITEM_SOURCE = ROOT + "app.engine.source";
    private static final String ENGINE = ROOT + "app.engine";
    private static final String BACKEND = ROOT + "app.engine.backend";
    private static final String RECORDS = ROOT + "app.engine.records";
    private static final String READER = ROOT + "app.reader";
    private static final String CREATION = ROOT + "app.creation";
    private static final String FOREIGN = ROOT + "app.foreign";
    private static final String DOCTOR = ROOT + "app.doctor";
    private static final String REMOVAL = ROOT + "app.removal";
    private static final String MCP = ROOT + "app.mcp";
    private static final String REMOTE = ROOT + "app.remote";
    private static final String CLI = ROOT + "app.cli";
    private static final String GRAMMAR = ROOT + "app.cli.grammar";
    private static final String HELP = ROOT + "app.cli.help";
    private static final String COMPLETION = ROOT + "app.cli.completion";
    private static final String TESTDATA = ROOT + "testdata";

    private static final Set<String> CORE = Set.of(
            JSON,
            FILE,
            TEXT,
            ENVIRONMENT,
            MODEL,
            RUN_FILE,
            KEYS,
            TREE,
            RUN,
            KERNEL,
            KERNEL_STATE,
            EVIDENCE,
            SCHEDULER,
            WRAPPER,
            JOURNAL,
            JOURNAL_FILE,
            LEASE,
            VIEW,
            HTML,
            PAGE,
            LIVE_PAGE,
            SCREEN,
            EXPLAIN,
            DOCUMENT);

    /** Every package, and the packages of settle that it may use. A package that is missing here fails the build. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry(TEXT, Set.of()),
            entry(JSON, Set.of(TEXT)),
            entry(FILE, Set.of(TEXT)),
            entry(ENVIRONMENT, Set.of()),
            entry(MODEL, Set.of(TEXT, ENVIRONMENT)),
            entry(TREE, Set.of(TEXT)),
            entry(KEYS, Set.of(TEXT, ENVIRONMENT, MODEL, TREE)),
            entry(RUN_FILE, Set.of(JSON, KEYS, TEXT, ENVIRONMENT, MODEL, TREE)),
            entry(SCHEDULER, Set.of(TEXT, ENVIRONMENT, MODEL)),
            entry(WRAPPER, Set.of(JSON, FILE, TEXT, ENVIRONMENT, MODEL, SCHEDULER)),
            entry(RUN, Set.of(TEXT, MODEL, SCHEDULER)),
            entry(KERNEL_STATE, Set.of(MODEL, SCHEDULER, RUN)),
            entry(SUBMISSION, Set.of(KERNEL_STATE, MODEL, SCHEDULER, RUN)),
            entry(POLLING, Set.of(KERNEL_STATE, MODEL, SCHEDULER, RUN)),
            entry(EVIDENCE, Set.of(KERNEL_STATE, POLLING, MODEL, SCHEDULER, RUN)),
            entry(KERNEL, Set.of(KERNEL_STATE, SUBMISSION, POLLING, EVIDENCE, MODEL, SCHEDULER, RUN)),
            entry(JOURNAL, Set.of(JSON, TEXT, MODEL, SCHEDULER, RUN)),
            entry(LEASE, Set.of(JSON, FILE, JOURNAL)),
            entry(JOURNAL_FILE, Set.of(JSON, FILE, ENVIRONMENT, MODEL, SCHEDULER, RUN, JOURNAL, LEASE)),
            entry(VIEW, Set.of(JSON, TEXT, MODEL, SCHEDULER, RUN)),
            entry(HTML, Set.of(PAGE, VIEW, MODEL, RUN, SCHEDULER, TEXT)),
            entry(PAGE, Set.of(VIEW, MODEL, RUN, SCHEDULER, TEXT)),
            // Generated; used by name.
            entry(TEMPLATE, Set.of(PAGE)),
            entry(LIVE_TEMPLATE, Set.of(TEMPLATE, LIVE_PAGE, PAGE, HTML)),
            entry(LIVE_PAGE, Set.of(HTML, PAGE, VIEW, MODEL, RUN, SCHEDULER, TEXT)),
            entry(SCREEN, Set.of(VIEW, MODEL, RUN, SCHEDULER, TEXT)),
            entry(EXPLAIN, Set.of(DOCUMENT, VIEW, MODEL, RUN, SCHEDULER, TEXT, JSON)),
            entry(DOCUMENT, Set.of(VIEW, MODEL, RUN, SCHEDULER, TEXT, JSON)),
            entry(PARSE, Set.of(MODEL, SCHEDULER, TEXT)),
            entry(TOOLS, Set.of(TEXT, ENVIRONMENT, MODEL, PARSE, SCHEDULER, FILE)),
            entry(SLURM, plus(CORE, PARSE, TOOLS)),
            entry(APP, Set.of(PROCESS, CLI)),
            entry(PROCESS, CORE),
            entry(JOB_SERVER, plus(CORE, PROCESS)),
            entry(LOCAL, plus(CORE, PROCESS, JOB_SERVER)),
            entry(CONFIG, plus(CORE, PROCESS)),
            entry(RUNS, plus(CORE, PROCESS, CONFIG)),
            entry(RECORDS, plus(CORE, PROCESS, RUNS)),
            entry(BACKEND, plus(CORE, PARSE, SLURM, TOOLS, PROCESS, CONFIG, RUNS)),
            entry(
                    ENGINE,
                    plus(
                            CORE,
                            SLURM,
                            PARSE,
                            TOOLS,
                            STEP_QUEUE,
                            STEP_QUEUE_CLIENT,
                            ITEM_SOURCE,
                            PROCESS,
                            LOCAL,
                            JOB_SERVER,
                            CONFIG,
                            RUNS,
                            BACKEND,
                            RECORDS)),
            entry(READER, plus(CORE, STEP_QUEUE, PROCESS, TERMINAL, RUNS, ENGINE, BACKEND)),
            entry(CREATION, plus(CORE, SLURM, STEP_QUEUE, PROCESS, CONFIG, RUNS, ENGINE, BACKEND)),
            entry(FOREIGN, plus(CORE, SLURM, PARSE, PROCESS, CONFIG, RUNS, ENGINE, BACKEND)),
            entry(DOCTOR, plus(CORE, SLURM, PARSE, TOOLS, PROCESS, CONFIG, STEP_QUEUE, RUNS, ENGINE, BACKEND)),
            entry(REMOVAL, plus(CORE, PROCESS, RUNS, ENGINE, READER)),
            entry(TERMINAL, CORE),
            entry(WEB, Set.of(PROCESS)),
            entry(
                    DASHBOARD,
                    plus(CORE, STEP_QUEUE_CLIENT, WEB, PROCESS, RUNS, ENGINE, BACKEND, READER, CREATION, REMOVAL)),
            entry(MCP, plus(CORE, PROCESS, CONFIG, RUNS, ENGINE, BACKEND, READER, CREATION, FOREIGN, DOCTOR)),
            entry(
                    CLI,
                    plus(
                            CORE,
                            STEP_QUEUE,
                            STEP_QUEUE_CLIENT,
                            PROCESS,
                            CONFIG,
                            RUNS,
                            ENGINE,
                            BACKEND,
                            READER,
                            CREATION,
                            FOREIGN,
                            DOCTOR,
                            REMOVAL,
                            DASHBOARD,
                            MCP,
                            REMOTE,
                            GRAMMAR,
                            HELP,
                            COMPLETION)),
            entry(REMOTE, plus(CORE, PROCESS, CONFIG)),
            entry(GRAMMAR, plus(CORE, PROCESS)),
            entry(HELP, plus(CORE, PROCESS, CONFIG)),
            entry(COMPLETION, plus(CORE, GRAMMAR, HELP)),
            entry(STEP_QUEUE_CLIENT, CORE),
            entry(STEP_QUEUE_FILES, plus(CORE, STEP_QUEUE_CLIENT)),
            entry(ITEM_SOURCE, CORE),
            entry(STEP_QUEUE, plus(CORE, PROCESS, ITEM_SOURCE, STEP_QUEUE_CLIENT, STEP_QUEUE_FILES)),
            entry(TESTDATA, Set.of()));

    /** What the packages of the kernel offer to others; the rest is the kernel's own. */
    private static final Set<String> OFFERED_BY_THE_KERNEL = Set.of(
            KERNEL_STATE + ".Policy",
            KERNEL_STATE + ".KernelCommand",
            KERNEL_STATE + ".ClockReading",
            KERNEL_STATE + ".ItemFiles",
            EVIDENCE + ".Rule");

    /** Packages that are still to be divided: exempt from the rules about size and about cycles of classes. */
    private static final Set<String> TO_BE_DIVIDED = Set.of();

    /** Classes of one package that refer to each other on purpose, or still. */
    private static final List<Set<String>> KNOTS = List.of(
            Set.of("Checksums", "WholeFile"),
            Set.of("RunDraft", "StateHome"),
            Set.of("Lease", "LeaseAnswer"),
            Set.of("Json", "Fields"),
            Set.of("EnvRules", "Environments"),
            Set.of("TreeReader", "SyntaxWords"),
            Set.of("CommandLine", "RunFiles", "SbatchScript"),
            Set.of("KeptAnswer", "SharedAnswers"),
            Set.of("Schedulers", "SlurmBackend"),
            Set.of("ExitRecord", "StartRecord", "JobWrapper"),
            Set.of("Cancellation", "JobNames", "JobSearch", "SlurmScheduler"));

    private static final JavaClasses EVERYTHING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // Tests of core that serve the simulation here come in an archive of their own.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.settle");

    /** What users run: everything but the test helpers. */
    private static final JavaClasses SHIPPED = EVERYTHING.that(resideOutsideOfPackages(TESTDATA, TESTDATA + ".."));

    @Test
    void scanFindsTheCode() {
        long found = SHIPPED.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .count();
        assertThat(found).isGreaterThanOrEqualTo(CLASSES_AT_LEAST);
    }

    @Test
    void everyPackageIsInTheTableAndDocumentsItself() {
        Set<String> packages =
                EVERYTHING.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertThat(packages).isEqualTo(MAY_USE.keySet());
        for (String name : MAY_USE.keySet()) {
            assertThat(EVERYTHING.get(name + ".package-info").isAnnotatedWith(NullMarked.class))
                    .as("%s is @NullMarked", name)
                    .isTrue();
        }
    }

    @Test
    void threadsAreMadeInOnePlaceThatSaysWhatBecomesOfTheirErrors() {
        noClasses()
                .that()
                .resideInAPackage(APP + "..")
                .and()
                .doNotHaveFullyQualifiedName("dev.settle.app.process.Threads")
                .should()
                .callConstructor(Thread.class, Runnable.class, String.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .orShould()
                .callConstructor(Thread.class)
                .check(SHIPPED);
    }

    @TestFactory
    Stream<DynamicTest> packagesUseOnlyWhatTheTableAllows() {
        return MAY_USE.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(row -> DynamicTest.dynamicTest(row.getKey(), () -> {
                    List<String> allowed = new ArrayList<>(row.getValue());
                    allowed.add(row.getKey());
                    noClasses()
                            .that()
                            .resideInAPackage(row.getKey())
                            .should()
                            .dependOnClassesThat(resideInAnyPackage("dev.settle..")
                                    .and(resideOutsideOfPackages(allowed.toArray(String[]::new))))
                            .check(EVERYTHING);
                }));
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("dev.settle.(**)").should().beFreeOfCycles().check(EVERYTHING);
    }

    @Test
    void innerClassesOfTheKernelAreUsedByTheKernelAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(KERNEL + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(KERNEL + ".*..")
                        .and(DescribedPredicate.describe(
                                "are not offered to others", type -> !OFFERED_BY_THE_KERNEL.contains(topLevel(type)))))
                .check(SHIPPED);
    }

    @Test
    void proofOfDurabilityIsMadeOnlyByTheJournal() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JOURNAL_FILE)
                .should()
                .callConstructor("dev.settle.core.run.DurableUpTo", long.class.getName())
                .check(SHIPPED);
    }

    @Test
    void noPackageHasMoreFilesThanOneCanOverlook() {
        Map<String, Long> files = SHIPPED.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .filter(type -> !TO_BE_DIVIDED.contains(type.getPackageName()))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        files.values().removeIf(count -> count <= FILES_MAX);
        assertThat(files).as("packages of more than %d files", FILES_MAX).isEmpty();
    }

    @Test
    void classesOfOnePackageFormNoCyclesButTheKnownOnes() {
        List<Set<String>> unknown =
                ClassKnots.of(SHIPPED, type -> !TO_BE_DIVIDED.contains(type.getPackageName())).stream()
                        .filter(knot -> KNOTS.stream().noneMatch(known -> known.containsAll(knot)))
                        .toList();
        assertThat(unknown).isEmpty();
    }

    @Test
    void jacksonDatabindStaysOffTheStartUpPath() {
        // Their first use costs more than all the rest of a start; elsewhere JSON is streamed (jackson-core).
        onlyIn(
                List.of(RUN_FILE, TREE, STEP_QUEUE, STEP_QUEUE_CLIENT, STEP_QUEUE_FILES),
                "com.fasterxml.jackson.databind..",
                "com.fasterxml.jackson.dataformat.yaml..",
                "org.yaml..");
    }

    @Test
    void smileIsTheFormOfSnapshotsAlone() {
        onlyIn(List.of(JOURNAL), "com.fasterxml.jackson.dataformat.smile..");
    }

    @Test
    void librariesOfTheMcpServerAreNotOnTheClassPathOfOtherCommands() {
        onlyIn(
                List.of(MCP),
                "io.modelcontextprotocol..",
                "reactor..",
                "org.reactivestreams..",
                "org.slf4j..",
                "com.networknt..");
    }

    @Test
    void templatesAreRenderedInOnePlace() {
        onlyIn(List.of(HTML, TEMPLATE, LIVE_TEMPLATE), "gg.jte..");
    }

    @Test
    void markupThatIsTakenAsItIsComesFromTemplates() {
        noClasses()
                .that()
                .resideOutsideOfPackages(HTML, LIVE_PAGE)
                .should()
                .callConstructor(Fragment.class, String.class)
                .check(SHIPPED);
    }

    @Test
    void jettyServesTheDashboardAlone() {
        onlyIn(List.of(WEB), "org.eclipse.jetty..");
    }

    @Test
    void picocliStaysInTheCommands() {
        onlyIn(List.of(CLI, GRAMMAR, HELP, COMPLETION), "picocli..");
    }

    @Test
    void commonsExecRunsOnlySlurmsCommands() {
        onlyIn(List.of(TOOLS), "org.apache.commons.exec..");
    }

    @Test
    void jlineStaysInTheLiveTerminal() {
        onlyIn(List.of(TERMINAL), "org.jline..");
    }

    @Test
    void processEndsItselfInOnePlace() {
        onlyInClass(PROCESS + ".ProcessEnd", calls(System.class, "exit").or(calls(Runtime.class, "exit", "halt")));
    }

    @Test
    void standardStreamsAreUsedOnlyByConsole() {
        onlyInClass(
                PROCESS + ".Console",
                calls(System.class, "in", "out", "err", "setOut", "setErr", "console")
                        .or(calls(FileDescriptor.class, "in", "out", "err")));
    }

    @Test
    void environmentIsReadOnlyByEnvironment() {
        onlyInClass(PROCESS + ".Environment", calls(System.class, "getenv"));
    }

    @Test
    void timeAndRandomnessComeOnlyFromWiring() {
        onlyInClass(
                PROCESS + ".Wiring",
                calls(Clock.class, "systemUTC", "systemDefaultZone", "system", "tick", "tickMillis", "tickSeconds")
                        .or(calls(System.class, "currentTimeMillis", "nanoTime"))
                        .or(calls(UUID.class, "randomUUID"))
                        .or(calls(Math.class, "random"))
                        .or(calls(ThreadLocalRandom.class, "current"))
                        .or(calls(SecureRandom.class, "<init>", "getInstanceStrong"))
                        .or(nowOfTheMachine()));
    }

    /** Only classes of {@code homes} depend on the given packages. */
    private static void onlyIn(List<String> homes, String... packages) {
        checkEvenIfUnused(noClasses()
                .that()
                .resideOutsideOfPackages(homes.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages));
    }

    /** Only the class {@code home}, whether it exists by now or not, makes such accesses. */
    private static void onlyInClass(String home, DescribedPredicate<JavaAccess<?>> access) {
        checkEvenIfUnused(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(home)
                .and(DescribedPredicate.describe(
                        "are not nested in it", type -> !type.getName().startsWith(home + "$")))
                .should()
                .accessTargetWhere(access));
    }

    /** A call, a field access or a method reference whose target is one of {@code names} of {@code owner}. */
    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe(
                owner.getSimpleName() + " " + wanted,
                access -> access.getTargetOwner().isEquivalentTo(owner)
                        && wanted.contains(access.getTarget().getName()));
    }

    /** {@code Instant.now()} and its like; {@code now(Clock)} is handed its time. */
    private static DescribedPredicate<JavaAccess<?>> nowOfTheMachine() {
        return DescribedPredicate.describe(
                "java.time now()",
                access -> access.getTargetOwner().getPackageName().equals("java.time")
                        && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                        && target.getName().equals("now")
                        && target.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Clock.class)));
    }

    /** These rules forbid: they hold as well while nothing uses what they confine. */
    private static void checkEvenIfUnused(ArchRule rule) {
        rule.allowEmptyShould(true).check(SHIPPED);
    }

    private static String topLevel(JavaClass type) {
        return type.getName().split("[$]", 2)[0];
    }

    private static Set<String> plus(Set<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toSet());
    }
}
