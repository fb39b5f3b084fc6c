using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary serve</c> killed while jobs wait, and started again on the same folder.</summary>
public sealed class KilledServerTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private Process? _server;

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private void Kill()
    {
        if (_server is null) return;
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _server = null;
    }

    private async Task<HttpClient> ServeAsync()
    {
        _server = GranaryProcess.Start(_folder.Path, ["serve", "--urls", "http://127.0.0.1:0", "--runs", _folder.At("served")]);
        const string listens = "Granary listens on ";
        string? line;
        do line = await _server.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith(listens, StringComparison.Ordinal));
        line.ShouldNotBeNull();
        // A full pipe would stop the server.
        _ = _server.StandardOutput.ReadToEndAsync();
        _ = _server.StandardError.ReadToEndAsync();
        return new HttpClient { BaseAddress = new Uri(line[listens.Length..line.IndexOf(';', StringComparison.Ordinal)]) };
    }

    private static JsonObject Batch(int number) => JsonNode.Parse($$"""
        { "name": "batch {{number}}", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8, 10, 12], "slow": [30, 40, {{50 + number}}] },
            "size": { "percentOfEquity": 20 } } ] }
        """)!.AsObject();

    private static async Task<string> SubmitAsync(HttpClient http, string path, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    [Fact]
    public async Task Ten_batches_and_two_jobs_that_were_queued_at_a_SIGKILL_all_end_after_the_next_start()
    {
        var ids = new List<string>();
        using (var http = await ServeAsync())
        {
            for (var i = 0; i < 10; i++) ids.Add(await SubmitAsync(http, "/api/v1/batches", Batch(i)));
            var windows = Batch(20);
            windows["walkForward"] = JsonNode.Parse("""{ "inSample": "3mo", "outOfSample": "1mo" }""");
            ids.Add(await SubmitAsync(http, "/api/v1/jobs", new JsonObject { ["kind"] = "walkforward", ["batch"] = windows }));
            ids.Add(await SubmitAsync(http, "/api/v1/jobs", new JsonObject { ["kind"] = "walkforward", ["batch"] = windows.DeepClone() }));
        }
        Kill();

        using var again = await ServeAsync();
        foreach (var id in ids)
        {
            var end = await Eventually.IsAsync(async () => JsonDocument.Parse(await again.GetStringAsync("/api/v1/jobs/" + id)).RootElement,
                s => s.GetProperty("ended").GetBoolean());
            end.GetProperty("state").GetString().ShouldBe("done", end.ToString());
        }
        (await again.GetFromJsonAsync<JsonObject>("/api/v1/jobs"))!["items"]!.AsArray().Count.ShouldBe(12);
    }
}
