package dev.settle.app.dashboard.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request of a page that has the cookie.
 *
 * @param path its parts, decoded
 * @param query the first value of each parameter
 * @param form the same of a form that was sent; empty for what only looks
 */
public record WebRequest(Method method, List<String> path, Map<String, String> query, Map<String, String> form) {
    /** What is asked for. */
    public enum Method {
        GET,
        POST
    }

    public WebRequest {
        path = List.copyOf(path);
        query = Map.copyOf(query);
        form = Map.copyOf(form);
    }

    /** A parameter that says something. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isBlank());
    }
}
