package dev.settle.app.dashboard;

import dev.settle.app.dashboard.web.LiveSource;
import dev.settle.app.dashboard.web.Site;
import dev.settle.app.dashboard.web.WebAnswer;
import dev.settle.app.dashboard.web.WebRequest;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import dev.settle.core.view.ListText;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.html.dashboard.Frame;
import dev.settle.core.view.html.dashboard.ItemQuery;
import dev.settle.core.view.html.dashboard.ListQuery;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Which page is where. {@code /live} before a page's address is what keeps it up to date, {@code /api} the JSON. */
final class DashboardSite implements Site, AutoCloseable {
    private static final String GONE = "There is no such run; it may have been removed.";

    private final Invocation invocation;
    private final String form;
    private final ListFeed list;
    private final RunFeeds runs;
    private final RunActions actions;

    /** @param form the word that forms carry */
    DashboardSite(App app, String form) {
        this.invocation = new Invocation(app);
        this.form = form;
        this.list = new ListFeed(invocation);
        this.runs = new RunFeeds(invocation);
        this.actions = new RunActions(invocation);
    }

    @Override
    public String door() {
        return Frame.door();
    }

    @Override
    public String policy() {
        return Frame.policy();
    }

    @Override
    public WebAnswer answer(WebRequest request) {
        boolean page = request.method() == WebRequest.Method.GET
                && !(request.path().size() > 0
                        && List.of("live", "api").contains(request.path().get(0)));
        try {
            return request.method() == WebRequest.Method.POST ? acted(request) : shown(request);
        } catch (Failure expected) {
            int status =
                    switch (expected.status()) {
                        case NOT_FOUND -> 404;
                        case USAGE -> 409;
                        default -> 500;
                    };
            String words = String.join("\n", expected.lines());
            return page
                    ? WebAnswer.Document.html(
                            status,
                            Frame.message(
                                    status == 404 ? "Not found" : "This cannot be shown",
                                    String.join(". ", expected.lines())))
                    : WebAnswer.Document.plain(status, words);
        } catch (IOException e) {
            throw new UncheckedIOException("a page is written in memory", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebAnswer.Document.plain(503, "The dashboard is ending.");
        }
    }

    private WebAnswer shown(WebRequest request) throws IOException {
        List<String> path = request.path();
        if (path.isEmpty()) {
            return WebAnswer.Document.html(200, list.page(listQuery(request)));
        }
        return switch (path.get(0)) {
            case "live" -> live(request, path.subList(1, path.size()));
            case "api" -> api(path.subList(1, path.size()));
            case "runs" -> page(request, path);
            default -> throw noPage();
        };
    }

    private static Failure noPage() {
        return Failure.notFound("There is no such page");
    }

    private WebAnswer page(WebRequest request, List<String> path) {
        if (path.size() == 2) {
            return WebAnswer.Document.html(200, feed(path.get(1)).page(itemQuery(request), form));
        }
        if (path.size() == 4 && path.get(2).equals("items")) {
            return WebAnswer.Document.html(200, feed(path.get(1)).itemPage(item(path.get(3)), form));
        }
        throw noPage();
    }

    private WebAnswer live(WebRequest request, List<String> path) {
        long seen = request.parameter("after")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
        LiveSource source;
        if (path.isEmpty()) {
            source = list.of(listQuery(request)).page(seen);
        } else if (path.size() == 2 && path.get(0).equals("runs")) {
            source = feed(path.get(1)).of(itemQuery(request)).page(seen);
        } else if (path.size() == 4 && path.get(0).equals("runs") && path.get(2).equals("items")) {
            source = feed(path.get(1)).itemPage(item(path.get(3)));
        } else {
            throw noPage();
        }
        if (request.parameter("once").isPresent()) {
            // A message is an object, which the id is put into.
            return WebAnswer.Document.json(source.next()
                    .map(message ->
                            "{\"id\":\"" + message.id() + "\"," + message.data().substring(1))
                    .orElse(""));
        }
        return new WebAnswer.Events(source);
    }

    private WebAnswer api(List<String> path) throws IOException {
        if (path.equals(List.of("runs"))) {
            StringWriter out = new StringWriter();
            ListText.write(new Views(invocation.app(), invocation.runs()).list(), out, Json.Layout.INDENTED);
            return WebAnswer.Document.json(out.toString());
        }
        if (path.size() == 2 && path.get(0).equals("runs")) {
            StringWriter out = new StringWriter();
            RunFolder folder = invocation.runs().find(Optional.of(path.get(1)));
            RunState state = invocation.runs().open(folder).state();
            RunDocument.write(
                    new Views(invocation.app(), invocation.runs()).of(folder, state), out, Json.Layout.INDENTED);
            return WebAnswer.Document.json(out.toString());
        }
        throw noPage();
    }

    private RunFolder folder(String word) {
        RunFolder folder = invocation.runs().find(Optional.of(word));
        if (!Files.exists(folder.path())) {
            throw Failure.notFound(GONE);
        }
        return folder;
    }

    private RunFeed feed(String word) {
        return runs.of(folder(word));
    }

    private static ItemId item(String word) {
        if (!ItemId.isLegal(word)) {
            throw noPage();
        }
        return new ItemId(word);
    }

    /** Buttons name the run by its id, and once more in the form: what is confirmed is what is done. */
    private WebAnswer acted(WebRequest request) throws InterruptedException {
        List<String> path = request.path();
        if (path.size() < 3 || !path.get(0).equals("runs") || !RunId.isLegal(path.get(1))) {
            throw noPage();
        }
        if (!path.get(1).equals(request.form().get("confirmed"))) {
            return WebAnswer.Document.plain(400, "This was not confirmed, so nothing was done.");
        }
        RunFolder folder = folder(path.get(1));
        List<String> what = path.subList(2, path.size());
        if (what.size() == 3 && what.get(0).equals("items") && what.get(2).equals("cancel")) {
            return WebAnswer.Document.plain(200, actions.cancel(folder, Optional.of(item(what.get(1)))));
        }
        if (what.size() != 1) {
            throw noPage();
        }
        return WebAnswer.Document.plain(
                200,
                switch (what.get(0)) {
                    case "cancel" -> actions.cancel(folder, Optional.empty());
                    case "resume" -> actions.resume(folder);
                    case "detach" -> actions.detach(folder, runs.of(folder).look(view -> view));
                    case "delete" -> actions.delete(folder);
                    default -> throw noPage();
                });
    }

    private static ListQuery listQuery(WebRequest request) {
        return new ListQuery(
                request.parameter("state"),
                request.parameter("name").orElse(""),
                request.parameter("text").orElse(""),
                number(request));
    }

    private static ItemQuery itemQuery(WebRequest request) {
        return new ItemQuery(
                request.parameter("state").flatMap(ItemState::ofWord),
                request.parameter("text").orElse(""),
                number(request));
    }

    private static int number(WebRequest request) {
        return request.parameter("page")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(Integer::parseInt)
                .orElse(1);
    }

    @Override
    public void close() {
        list.close();
        runs.close();
    }
}
