using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Server.Audit;

namespace Granary.Assistants.Calls;

/// <summary>Writes each call of an assistant to the server's audit log, also reading and refused ones.</summary>
internal sealed class CallAudit(AuditLog log)
{
    // Longer texts are recorded by their hash: a batch may have code or passwords.
    private const int LongestText = 200;

    /// <summary>Begins the entry of a tool's call; it is written when it is disposed of.</summary>
    /// <param name="changes">Whether the call may change something: then its start is recorded before it.</param>
    /// <exception cref="Granary.Simulation.Json.ServiceUnavailableException">The log cannot be written: nothing is to be done.</exception>
    public async Task<Entry> BeginAsync(AssistantCall call, string tool, IDictionary<string, JsonElement>? arguments, bool changes,
        CancellationToken cancellationToken)
    {
        var given = new JsonObject((arguments ?? new Dictionary<string, JsonElement>())
            .Select(a => KeyValuePair.Create(a.Key, (JsonNode?)Short(a.Value))));
        var intent = changes ? await log.BeginAsync(WhoOf(call), tool, PathOf(tool), before: null, cancellationToken).ConfigureAwait(false)
            : null;
        return new Entry(log, call, tool, PathOf(tool), given) { Intent = intent };
    }

    /// <summary>Begins the entry of a resource or prompt.</summary>
    public Task<Entry> BeginAsync(AssistantCall call, string what, string target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new Entry(log, call, what, target, []));
    }

    private static string PathOf(string tool) => "/mcp/" + tool;

    // A caller without a role has no name here.
    private static string WhoOf(AssistantCall call) => call.Caller?.Name ?? "unknown";

    private static JsonNode? Short(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= LongestText ? JsonNode.Parse(text)
            : string.Create(CultureInfo.InvariantCulture, $"{text.Length} characters, SHA-256 {Hash(text)}");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>An entry of the log that is not written yet.</summary>
    internal sealed class Entry(AuditLog log, AssistantCall call, string what, string target, JsonObject arguments) : IAsyncDisposable
    {
        /// <summary>The recorded start; null for a call that changes nothing.</summary>
        public AuditIntent? Intent { get; init; }

        /// <summary>done, or why not.</summary>
        public string Outcome { get; set; } = "cancelled";

        public async ValueTask DisposeAsync()
        {
            var after = new JsonObject { ["outcome"] = Outcome };
            if (arguments.Count > 0) after["arguments"] = arguments;
            if (Intent is { } started)
                await log.CompleteAsync(started, call.Changed ?? target, after).ConfigureAwait(false);
            else
                await log.AppendAsync(WhoOf(call), what, target, null, after, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
