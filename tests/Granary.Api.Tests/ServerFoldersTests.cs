using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Where the folders of a confined server are is no business of its callers: no answer and no file says it.</summary>
public sealed class ServerFoldersTests : IAsyncLifetime
{
    private const string Marker = "secret-marker";

    private static readonly JsonElement s_document = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "openapi.json"))).RootElement;

    private readonly string _top = Directory.CreateTempSubdirectory("granary-folders-").FullName;
    private readonly List<string> _found = [];
    private readonly HashSet<string> _asked = [];
    private string _root = "", _admin = "", _viewer = "";
    private ApiServer? _server;

    private string Data => Path.Combine(_root, "data");

    private string Runs => Path.Combine(_root, "runs");

    private string KeysFile => Path.Combine(_root, "keys.json");

    public async ValueTask InitializeAsync()
    {
        _root = Path.Combine(_top, Marker);
        foreach (var folder in (string[])["1h", "mixed", "bad"]) Directory.CreateDirectory(Path.Combine(Data, folder));
        foreach (var symbol in (string[])["COINUSDT", "GLIMUSDT"])
        {
            File.Copy(Path.Combine(SessionsOverHttpTests.Configuration.Bars, symbol + ".csv"), Path.Combine(Data, "1h", symbol + ".csv"));
            File.Copy(Path.Combine(Data, "1h", symbol + ".csv"), Path.Combine(Data, "mixed", symbol + ".csv"));
        }
        File.WriteAllText(Path.Combine(Data, "mixed", "notes.txt"), "these are\nno bars\n");
        File.WriteAllText(Path.Combine(Data, "bad", "COINUSDT.csv"), "time,open,high,low,close,volume\n2022-01-01T00:00:00Z,1,2,x,1,1\n");
        _admin = await ApiKeys.AddAsync(KeysFile, "admin", Role.Admin, TimeProvider.System);
        _viewer = await ApiKeys.AddAsync(KeysFile, "viewer", Role.Viewer, TimeProvider.System);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_top, recursive: true);
    }

    private async Task StartAsync() => _server = await ApiServer.StartAsync(ApiKeys.Open(KeysFile), Runs,
        settings: s => s with { Confined = true, DataFolder = Data, Runs = Runs }, parts: ServerParts.Sessions | ServerParts.RealHost);

    [Fact]
    public async Task No_answer_and_no_file_of_a_confined_server_says_where_its_folders_are()
    {
        var first = await RunAsync(Batch("two coins", "csv:1h"));
        await RunAsync(Batch("other coins", "csv:mixed", "\"*\""));
        var second = await RunAsync(Batch("the same coins", "csv:1h"));
        await FailAsync(Batch("bad rows", "csv:bad", "\"COINUSDT\""));
        await FailAsync(Batch("no folder", "csv:none"));
        await JobAsync("""{ "kind": "import", "files": ["1h"], "symbolFrom": "name", "store": "bars" }""");
        await JobAsync("""{ "kind": "import", "files": ["bad/*.csv"], "symbolFrom": "name", "store": "bars" }""");
        await JobAsync("""{ "kind": "import", "files": ["none/*.csv"], "symbolFrom": "name", "store": "bars" }""");
        await JobAsync($$"""{ "kind": "train", "batch": {{Batch("learning coins", "csv:1h", learning: true)}} }""");
        await JobAsync($$"""{ "kind": "verify", "run": "{{first.Id}}", "cuts": 2 }""");
        await JobAsync($$"""{ "kind": "combine", "runs": ["{{first.Id}}", "{{second.Id}}"], "name": "both" }""");
        using (var admin = _server!.As(_admin))
            await KeepAsync("quickstart", await admin.PostAsync("/api/v1/batches/quickstart", null));
        await SessionsAsync(first.Id);
        await SendAsync(HttpMethod.Post, "deployments", $$"""{ "run": "{{first.Id}}", "why": "a test" }""");
        await SendAsync(HttpMethod.Put, "schedules/nightly",
            $$"""{ "cron": "0 2 29 2 *", "window": "2h", "job": { "kind": "verify", "run": "{{first.Id}}" }, "why": "a test" }""");
        await SendAsync(HttpMethod.Put, "uploads/mine.csv", "time,open,high,low,close,volume\n2022-01-01,1,2,0.5,1,10\n");
        await ReadAllAsync(first.Id);
        await SharedAsync(first.Id);
        await BrokenAsync();
        _found.ShouldBeEmpty();
        _asked.Count.ShouldBeGreaterThan(60);
    }

    private static string Batch(string name, string source, string symbols = "\"COINUSDT\", \"GLIMUSDT\"", bool learning = false) => $$"""
        { "name": "{{name}}",
          "data": { "source": "{{source}}", "symbols": [{{symbols}}], "timeframe": "1h", "to": "2022-01-20" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } } ],
          {{(learning ? """ "learning": { "trainer": "logistic", "label": "direction", "features": ["rsi(14)"] }, """ : "")}}
          "portfolio": { "weights": "equal", "limits": { "maxPositions": 6, "maxGrossPercent": 90 } } }
        """;

    private async Task<JobStatus> RunAsync(string batch)
    {
        var job = await EndAsync(await SendAsync(HttpMethod.Post, "batches", batch));
        job.State.ShouldBe(JobState.Done, job.Fault);
        return job;
    }

    private async Task FailAsync(string batch)
    {
        var job = await EndAsync(await SendAsync(HttpMethod.Post, "batches", batch));
        job.State.ShouldBe(JobState.Failed);
        job.Fault.ShouldNotBeNull();
    }

    private async Task JobAsync(string job) => await EndAsync(await SendAsync(HttpMethod.Post, "jobs", job));

    private async Task<JobStatus> EndAsync(string answer)
    {
        var id = (string)JsonNode.Parse(answer)!["id"]!;
        using var admin = _server!.As(_admin);
        return await Eventually.IsAsync(async () =>
        {
            using var status = await admin.GetAsync($"/api/v1/jobs/{id}");
            return await status.ReadAsync<JobStatus>();
        }, s => s.Ended, Eventually.LongestWork);
    }

    // One session to its end, one that a restart of the server continues, and one that cannot begin.
    private async Task SessionsAsync(string run)
    {
        using var admin = _server!.As(_admin);
        var configuration = await admin.GetStringAsync($"/api/v1/batches/{run}/files/prod.json");
        async Task StartSessionAsync(string account, string speed, string feed = "csv:1h") =>
            await SendAsync(HttpMethod.Post, "sessions", JsonSerializer.Serialize(new
            {
                configuration,
                feed,
                account,
                pace = speed,
                withoutEvidence = true,
                to = "2022-01-11",
            }));
        await StartSessionAsync("whole", "asap");
        await StartSessionAsync("restarted", "fixed:1s");
        await StartSessionAsync("nowhere", "asap", "csv:none");
        await UntilAsync("whole", v => v != "running");
        await _server!.DisposeAsync();
        await StartAsync();
        await UntilAsync("restarted", v => v == "running");
        await SendAsync(HttpMethod.Post, "sessions/restarted/commands", """{ "command": "stop", "why": "a test" }""");
        await UntilAsync("restarted", v => v == "done");
    }

    private Task UntilAsync(string account, Func<string, bool> so) => Eventually.IsAsync(async () =>
    {
        using var admin = _server!.As(_admin);
        return await admin.GetStringAsync($"/api/v1/sessions/{account}");
    }, view => so((string)JsonNode.Parse(view)!["phase"]!));

    // Every GET of the description, with all ids that there are, as a viewer and as an operator; and every file of every run.
    private async Task ReadAllAsync(string run)
    {
        foreach (var key in (string[])[_viewer, _admin])
        {
            using var client = _server!.As(key);
            var jobs = JsonNode.Parse(await client.GetStringAsync("/api/v1/jobs?limit=100"))!["items"]!.AsArray();
            var names = new Dictionary<string, string[]>
            {
                ["jobs"] = [.. jobs.Select(j => (string)j!["id"]!)],
                ["runs"] = [.. jobs.Where(j => j!["digest"] is not null).Select(j => (string)j!["id"]!)],
                ["sessions"] = ["whole", "restarted"],
                ["deployments"] = ["1"],
                ["schedules"] = ["nightly"],
                ["uploads"] = ["mine.csv"],
                ["portfolios"] = ["whole"],
                ["models"] = [.. JsonNode.Parse(await client.GetStringAsync("/api/v1/models"))!.AsArray().Select(m => (string)m!["name"]!)],
            };
            names["batches"] = names["jobs"];
            names["models"].ShouldNotBeEmpty();
            var strategy = (string)JsonNode.Parse(await client.GetStringAsync($"/api/v1/runs/{run}/strategies"))!["items"]![0]!["id"]!;
            foreach (var path in s_document.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _)))
                foreach (var at in PathsOf(path.Name, names, strategy))
                    await GetAsync(client, at);
            foreach (var job in jobs)
                foreach (var file in job!["files"]!.AsArray()) await GetAsync(client, $"/api/v1/jobs/{job["id"]}/files/{file}");
            foreach (var account in names["sessions"])
                foreach (var file in JsonNode.Parse(await client.GetStringAsync($"/api/v1/sessions/{account}"))!["files"]!.AsArray())
                    await GetAsync(client, $"/api/v1/sessions/{account}/files/{file}");
        }
        await GetAsync(_server!.Client, "/metrics");
    }

    private static IEnumerable<string> PathsOf(string path, IReadOnlyDictionary<string, string[]> names, string strategy)
    {
        var query = path.StartsWith("/api/v1/data/", StringComparison.Ordinal)
            ? "?store=bars&symbol=COINUSDT&timeframe=1h&a=bars&b=csv:1h" : "";
        var of = path.Split('/')[3];
        string[] keys = path.Contains('{') && names.TryGetValue(of, out var known) ? known : [strategy];
        foreach (var key in keys)
        {
            var first = true;
            yield return string.Join('/', path.Split('/').Select(p =>
            {
                if (!p.StartsWith('{')) return p;
                var value = first ? key : p switch
                {
                    "{strategy}" => strategy,
                    "{symbol}" => "COINUSDT",
                    "{version}" or "{number}" => "1",
                    _ => path.Contains("/series/", StringComparison.Ordinal) ? "price:COINUSDT" : "results.json",
                };
                first = false;
                return Uri.EscapeDataString(value);
            })) + query;
        }
    }

    private async Task GetAsync(HttpClient client, string path)
    {
        using var limit = new CancellationTokenSource(Eventually.Longest);
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            await KeepAsync(path, answer);
            return;
        }
        // The events of all collections have no end.
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        var first = new byte[1 << 16];
        var n = await stream.ReadAtLeastAsync(first, 1, throwOnEndOfStream: false, limit.Token);
        Look(path, Encoding.UTF8.GetString(first, 0, n));
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string body)
    {
        using var admin = _server!.As(_admin);
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}")
        {
            Content = new StringContent(body, Encoding.UTF8,
                path.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv" : "application/json"),
        };
        return await KeepAsync($"{method} {path}", await admin.SendAsync(request));
    }

    private async Task<string> KeepAsync(string what, HttpResponseMessage answer)
    {
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        Look(what, answer.Headers + text);
        answer.Dispose();
        return text;
    }

    private void Look(string what, string text)
    {
        _asked.Add(what);
        if (text.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at)
            _found.Add($"{what}: …{text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 60)]}…");
    }

    // Without a key, by the link of a run.
    private async Task SharedAsync(string run)
    {
        var link = (string)JsonNode.Parse(await SendAsync(HttpMethod.Post, $"runs/{run}/shares", """{ "days": 1 }"""))!["url"]!;
        await GetAsync(_server!.Client, link);
        foreach (var file in Directory.GetFiles(Path.Combine(Runs, run)))
            await GetAsync(_server.Client, $"{link}/{Path.GetFileName(file)}");
        _asked.ShouldContain($"{link}/manifest.json");
    }

    // A disk that cannot be written, and a damaged file of keys: the first caller without a valid key gets the reason.
    private async Task BrokenAsync()
    {
        var probe = Path.Combine(Runs, $".ready-{Environment.ProcessId}");
        File.Delete(probe);
        Directory.CreateDirectory(probe);
        using (var ready = await Eventually.IsAsync(() => _server!.Client.GetAsync("/health/ready"),
            a => a.StatusCode == HttpStatusCode.ServiceUnavailable))
            await KeepAsync("not ready", ready);
        await SendAsync(HttpMethod.Post, "batches", Batch("refused", "csv:1h"));
        File.WriteAllText(KeysFile, "{ damaged");
        using var stranger = _server!.As("gk_" + new string('0', 8) + "_" + new string('0', 64));
        await GetAsync(stranger, "/api/v1/jobs");
        await GetAsync(stranger, "/api/v1/jobs");
    }
}
