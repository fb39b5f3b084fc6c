using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>
/// Every key that takes a text, of all that callers submit to a confined server, is given every way to leave the data folder. Whatever the
/// server makes of it, nothing outside is read or written.
/// </summary>
public sealed class EscapesTests : IAsyncDisposable
{
    private const string Secret = "what-only-the-operator-may-read";

    private readonly string _root = Directory.CreateTempSubdirectory("granary-escapes-").FullName;
    private ApiServer? _server;

    private string Data => Path.Combine(_root, "data");

    private string Outside => Path.Combine(_root, "outside");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task<ApiServer> StartAsync()
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars", "alpha-daily.txt");
        Directory.CreateDirectory(Path.Combine(Data, "bars"));
        Directory.CreateDirectory(Outside);
        string[] rows = [.. File.ReadLines(bars).Take(60)];
        File.WriteAllLines(Path.Combine(Data, "bars", "alpha.txt"), rows);
        File.WriteAllLines(Path.Combine(Data, "bars", "index.txt"), rows);
        // A fault that quotes a row of it would show the secret; good bars would be imported.
        File.WriteAllText(Path.Combine(Outside, "secret.csv"), $"{Secret},{Secret}\n{Secret},1,2\n");
        File.Copy(bars, Path.Combine(Outside, "good.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Data, "link"), Outside);
        File.CreateSymbolicLink(Path.Combine(Data, "bars", "linked.csv"), Path.Combine(Outside, "secret.csv"));
        var runs = Directory.CreateDirectory(Path.Combine(_root, "runs")).FullName;
        return _server = await ApiServer.StartAsync(folder: runs,
            settings: s => s with { DataFolder = Data, Confined = true, RequestsPerSecond = 1_000_000 },
            parts: ServerParts.Sessions | ServerParts.RealHost);
    }

    private List<string> Escapes()
    {
        var texts = new List<string>
        {
            "linked", "link/secret.csv", "store:link/store", "../outside/secret.csv", "bars/../../outside/*", Outside + "/secret.csv",
            "..%2foutside%2fsecret.csv", " ../outside/secret.csv", "csv:generated:/../../outside", "ws:binance?keep=../outside/kept",
            "generated:ACME?from=2024-01-01&to=2024-02-01&keep=../outside/kept", "bars\0/../../outside/secret.csv",
        };
        foreach (var scheme in (string[])["generated", "Generated", "csv", "store", "postgres", "ws", "file", "inverse"])
        {
            texts.Add($"{scheme}:/../../outside/secret.csv");
            texts.Add($"{scheme}:../outside");
        }
        return texts;
    }

    private const string Strategy = """{ "class": "SmaCross", "params": { "fast": 3, "slow": 5 }, "size": { "units": 1 } }""";

    private const string Batch = $$"""
        { "name": "b", "data": { "source": "csv:bars", "symbols": ["alpha"], "timeframe": "1d", "from": "2010-01-01", "to": "2010-03-01" },
          "strategies": [ {{Strategy}} ], "outputs": ["results"] }
        """;

    // This one can be traded.
    private const string Plain = """
        { "version": 1, "name": "p", "digest": "d", "folder": ".",
          "data": { "source": "csv:bars", "symbols": ["alpha"], "timeframe": "1d" },
          "portfolio": { "limits": { "maxPositions": 1 } },
          "strategies": [ { "id": "SmaCross(fast=3,slow=5)@alpha:1d", "class": "SmaCross", "params": { "fast": 3, "slow": 5 },
            "symbol": "alpha", "timeframe": "1d", "weight": 1, "size": { "units": 1 } } ] }
        """;

    // This one has everything that a configuration can name, and its models do not exist.
    private static readonly string s_learned = Plain.Replace("\"strategies\"", """
        "models": { "m:1": { "model": "m", "version": 1, "registry": "models", "features": ["roc(5)"], "meaning": "probabilityOfRise",
          "rule": { "rule": "gate" } } },
        "policy": { "model": "m", "version": 1, "registry": "models", "hash": "00" },
        "strategies"
        """, StringComparison.Ordinal);

    private static IEnumerable<(string Verb, string Path, JsonObject Body, List<string[]> Keys)> Submissions()
    {
        var batch = SchemaKeys.OfFile("batch.schema.json");
        var tracked = """{ "kind": "track", "universe": "bars", "index": "bars/index.txt", "maxStocks": 1 }""";
        var panel = """{ "kind": "track", "panel": "bars/panel.csv", "index": "i", "maxStocks": 1 }""";
        var import = """
            { "kind": "import", "files": ["bars/alpha.txt"], "store": "store:made", "symbol": "A", "timeframe": "1d", "format": "auto" }
            """;
        yield return ("POST", "batches", Parsed(Batch), batch);
        var train = Parsed($$"""{ "kind": "train", "batch": {{Batch}} }""");
        yield return ("POST", "jobs", train, [.. batch.Where(k => k[^1] is "source" or "folder" or "registry" or "symbols")
            .Select(k => (string[])["batch", .. k])]);
        foreach (var job in (string[])[tracked, panel, import])
        {
            yield return ("POST", "jobs", Parsed(job), SchemaKeys.OfTexts(Parsed(job)));
            var schedule = Parsed($$"""{ "cron": "0 2 * * *", "job": {{job}} }""");
            yield return ("PUT", "schedules/s", schedule, SchemaKeys.OfTexts(schedule));
        }
        var session = new JsonObject { ["configuration"] = Plain, ["feed"] = "csv:bars", ["withoutEvidence"] = true };
        yield return ("POST", "sessions", session, SchemaKeys.OfComponent("SessionBody"));
        var deployment = new JsonObject { ["configuration"] = Plain, ["why"] = "test" };
        yield return ("POST", "deployments", deployment, SchemaKeys.OfComponent("NewDeployment"));
        var plain = SchemaKeys.OfTexts(Parsed(Plain)).Concat(batch.Where(k => k[0] == "data"));
        var learned = SchemaKeys.OfTexts(Parsed(s_learned)).Where(k => k[0] is "models" or "policy");
        foreach (var (configuration, keys) in new[] { (Plain, plain), (s_learned, learned) })
        {
            List<string[]> within = [.. keys.Select(k => (string[])["configuration", "", .. k])];
            foreach (var (path, body) in new[] { ("sessions", session), ("deployments", deployment) })
                yield return ("POST", path, SchemaKeys.With(body, ["configuration"], configuration), within);
        }
    }

    private static JsonObject Parsed(string text) => (JsonObject)JsonNode.Parse(text)!;

    [Fact]
    public async Task No_key_of_what_is_submitted_leads_out_of_the_data_folder()
    {
        var server = await StartAsync();
        var before = Snapshot();
        var escapes = Escapes();
        var shown = new System.Collections.Concurrent.ConcurrentBag<string>();
        // Each key gets each sixteenth escape, from another one on; the long form sends all.
        var step = TestEffort.Of(16, 1);
        var sent = Submissions().SelectMany(s => s.Keys.Select(key => (s.Verb, s.Path, s.Body, key)))
            .SelectMany((one, k) => escapes.Where((_, e) => (k + e) % step == 0)
                .Select(text => (one.Verb, one.Path, one.Body, one.key, text))).ToList();
        sent.Count.ShouldBeGreaterThan(5_000 / step);
        var accounts = 0;
        await Parallel.ForEachAsync(sent, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (one, stop) =>
        {
            var changed = SchemaKeys.With(one.Body, one.key, one.text);
            // An account of its own, so that no other session has it.
            if (one.Path == "sessions") changed.TryAdd("account", $"a{Interlocked.Increment(ref accounts)}");
            var body = changed.ToJsonString();
            using var request = new HttpRequestMessage(new HttpMethod(one.Verb), "/api/v1/" + one.Path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            using var answer = await server.Client.SendAsync(request, stop);
            ((int)answer.StatusCode).ShouldBeLessThan(500, $"{one.Path}: {body}\n{server.Failures}");
            shown.Add(await answer.Content.ReadAsStringAsync(stop));
        });
        await Eventually.IsAsync(async () => await server.Client.GetStringAsync("/api/v1/jobs?state=running")
            + await server.Client.GetStringAsync("/api/v1/jobs?state=queued"), text => !text.Contains("\"id\"", StringComparison.Ordinal));
        // Sessions that failed after their start are in the list, with their faults.
        var sessions = await server.Client.GetStringAsync("/api/v1/sessions");
        sessions.ShouldContain("there is no file for the symbol");
        shown.Add(sessions);
        shown.Where(text => text.Contains(Secret, StringComparison.Ordinal) || text.Contains(Data, StringComparison.Ordinal)).Distinct()
            .ShouldBeEmpty();
        Snapshot().ShouldBe(before);
        foreach (var file in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(Outside,
            StringComparison.Ordinal)
            && new FileInfo(f).LinkTarget is null && !f.Contains("/link/", StringComparison.Ordinal)))
            File.ReadAllText(file).Contains(Secret).ShouldBeFalse(file);
        using var alive = await server.Client.SendAsync(ApiServer.Submission(Batch));
        alive.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("generated:/../../outside/secret.csv")]
    [InlineData("linked.csv")]
    [InlineData("bars/*.csv")]
    public async Task An_import_of_what_lies_outside_shows_no_row_of_it(string files)
    {
        var server = await StartAsync();
        var body = $$"""{ "kind": "import", "files": "{{files}}", "store": "store:made", "symbol": "A", "timeframe": "1d" }""";
        using var answer = await server.Client.PostAsync("/api/v1/jobs", new StringContent(body, Encoding.UTF8, "application/json"));
        if (answer.StatusCode == HttpStatusCode.BadRequest) (await answer.Content.ReadAsStringAsync()).ShouldNotContain(Secret);
        else
        {
            var id = (await answer.ReadAsync<Granary.Contracts.Jobs.JobStatus>()).Id;
            var ended = await Eventually.IsAsync(async () =>
            {
                using var asked = await server.Client.GetAsync("/api/v1/jobs/" + id);
                return await asked.ReadAsync<Granary.Contracts.Jobs.JobStatus>();
            }, s => s.Ended);
            (ended.State, ended.Fault!.Contains(Secret)).ShouldBe((Granary.Contracts.Jobs.JobState.Failed, false));
        }
    }

    private string Snapshot() => string.Join('\n', Directory.EnumerateFileSystemEntries(Outside, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(f => string.Create(CultureInfo.InvariantCulture,
            $"{f} {File.GetLastWriteTimeUtc(f).Ticks} {(File.Exists(f) ? new FileInfo(f).Length : -1)}")))
        + string.Join('\n', Directory.EnumerateFileSystemEntries(_root).Order(StringComparer.Ordinal));
}

/// <summary>The keys that take a text: of a schema, or of an example.</summary>
internal static class SchemaKeys
{
    /// <summary>Of a schema in docs.</summary>
    public static List<string[]> OfFile(string name)
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", name)));
        return Of(schema.RootElement, schema.RootElement);
    }

    private static JsonElement Document { get; } =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json"))).RootElement;

    /// <summary>Of a schema of docs/openapi.json.</summary>
    public static List<string[]> OfComponent(string name) => Of(Document,
        Document.GetProperty("components").GetProperty("schemas").GetProperty(name));

    /// <summary>Of an example: where it has texts.</summary>
    public static List<string[]> OfTexts(JsonNode example)
    {
        var found = new List<string[]>();
        Look(example, []);
        return found;

        void Look(JsonNode? node, string[] path)
        {
            if (node is JsonObject members) foreach (var (key, value) in members) Look(value, [.. path, key]);
            else if (node is JsonArray items) for (var i = 0; i < items.Count; i++) Look(items[i], [.. path, $"[{i}]"]);
            else if (node?.GetValueKind() == JsonValueKind.String) found.Add(path);
        }
    }

    private static List<string[]> Of(JsonElement document, JsonElement schema)
    {
        var found = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Look(schema, [], []);
        return [.. found.Values];

        void Look(JsonElement node, string[] path, string[] references)
        {
            if (node.ValueKind != JsonValueKind.Object || path.Length > 9) return;
            if (node.TryGetProperty("$ref", out var reference))
            {
                var name = reference.GetString()!;
                if (references.Contains(name)) return;
                Look(name.TrimStart('#', '/').Split('/').Aggregate(document, (at, part) => at.GetProperty(part)), path, [.. references,
                    name]);
                return;
            }
            foreach (var several in (string[])["oneOf", "anyOf", "allOf"])
                if (node.TryGetProperty(several, out var forms))
                    foreach (var form in forms.EnumerateArray()) Look(form, path, references);
            if (node.TryGetProperty("type", out var type) && type.ToString().Contains("string", StringComparison.Ordinal)
                && path.Length > 0)
                found.TryAdd(string.Join('/', path), path);
            if (node.TryGetProperty("properties", out var members))
                foreach (var member in members.EnumerateObject()) Look(member.Value, [.. path, member.Name], references);
            if (node.TryGetProperty("items", out var item)) Look(item, [.. path, "[0]"], references);
            if (node.TryGetProperty("additionalProperties", out var other)) Look(other, [.. path, "alpha"], references);
        }
    }

    /// <summary>A body with a text at a key; what leads there is made. An empty part is a JSON text within a text.</summary>
    public static JsonObject With(JsonObject body, string[] path, string text) => (JsonObject)Set(body, path, text)!;

    private static JsonNode? Set(JsonNode? node, string[] path, string text)
    {
        if (path is []) return JsonValue.Create(text);
        var (first, rest) = (path[0], path[1..]);
        if (first.Length == 0) return JsonValue.Create(Set(JsonNode.Parse(node!.GetValue<string>()), rest, text)!.ToJsonString());
        if (first[0] == '[')
        {
            var items = node is JsonArray { Count: > 0 } array ? (JsonArray)array.DeepClone() : [null];
            items[0] = Set(items[0], rest, text);
            return items;
        }
        var members = node is JsonObject given ? (JsonObject)given.DeepClone() : [];
        members[first] = Set(members[first], rest, text);
        return members;
    }
}
