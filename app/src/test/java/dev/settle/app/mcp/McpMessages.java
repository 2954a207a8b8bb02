package dev.settle.app.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/** Reads what a client of the MCP server sends, for tests of other packages. */
public final class McpMessages {
    private McpMessages() {}

    /** @return how many lines they are; one that is no message counts */
    public static int count(byte[] sent, int bytesMax) throws IOException {
        MessageReader reader = new MessageReader(new ByteArrayInputStream(sent), bytesMax);
        int lines = 0;
        Optional<MessageReader.Line> line = reader.next();
        while (line.isPresent()) {
            lines++;
            if (line.get().text().isPresent()) {
                read(line.get().text().get());
            }
            line = reader.next();
        }
        return lines;
    }

    private static void read(String text) {
        try {
            McpSchema.deserializeJsonRpcMessage(McpJsonMapper.getDefault(), text);
        } catch (IOException | RuntimeException e) {
            // The transport answers each with an error.
        }
    }
}
