using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Transitions and decisions of a live session in its journal and its log; the load of a process that computes.</summary>
public sealed partial class SessionLogTests(SharedServer server) : IDisposable
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Batch(string limits) => _folder.Write("batch.json", $$"""
        { "name": "told", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h", "to": "2022-02-01" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 40 },
            "stopLossPercent": 2 } ], "portfolio": { "weights": "equal"{{limits}} } }
        """);

    private static async Task<string> CallAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(0, call.Error);
        return call.Output;
    }

    private async Task<List<JsonElement>> FactsAsync(string kind) =>
        [.. (await CallAsync("session", _folder.At("state"), "journal", "--kind", kind, "--json"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("entry"))];

    [Fact]
    public async Task Every_transition_and_decision_is_in_the_journal_and_in_the_log()
    {
        const string Limits = """, "limits": { "maxGrossPercent": 30, "enforce": "every-bar" }""";
        await CallAsync("backtest", Batch(Limits), "--out", _folder.At("backtest"), "--quiet", "--yes", "--no-guards");
        await CallAsync("live", _folder.At("backtest/prod.json"), "--feed", "csv:" + Bars, "--to", "2022-02-01", "--state",
            _folder.At("state"), "--out", _folder.At("run"), "--without-evidence", "--quiet");

        // Each order goes from New over Submitted to an end, and each step begins where the last one ended.
        var orders = await FactsAsync("OrderChanged");
        foreach (var order in orders.GroupBy(o => o.GetProperty("clientId").GetString()))
        {
            var before = "new";
            foreach (var step in order)
            {
                step.GetProperty("from").GetString().ShouldBe(before);
                before = step.GetProperty("to").GetString()!;
            }
            before.ShouldBeOneOf("closed", "filled", "submitted");
        }
        (await FactsAsync("OrderIntended")).Count.ShouldBe(orders.DistinctBy(o => o.GetProperty("clientId").GetString()).Count());
        var states = (await FactsAsync("SessionChanged")).ConvertAll(s =>
            (s.GetProperty("from").GetString(), s.GetProperty("to").GetString()));
        states.ShouldBe([("", "WarmingUp"), ("WarmingUp", "Trading"), ("Trading", "Ended")]);
        var acted = await FactsAsync("PortfolioActed");
        acted.ShouldNotBeEmpty();
        acted.ShouldAllBe(a => a.GetProperty("action").GetString() == "cut" && a.GetProperty("share").GetDouble() > 0);

        // The log has a line for each of them.
        var log = File.ReadAllLines(_folder.At("run/session.log"));
        log.Count(l => l.Contains(" went from ", StringComparison.Ordinal) || l.Contains(" Session begins as ", StringComparison.Ordinal))
            .ShouldBe(orders.Count + states.Count);
        var accepted = log.Count(l => l.Contains("Portfolio accepted signal ", StringComparison.Ordinal));
        var refused = log.Count(l => l.Contains("Portfolio refused signal ", StringComparison.Ordinal));
        (accepted + refused).ShouldBe((await FactsAsync("SignalDecided")).Count);
        log.Count(l => l.Contains("Portfolio cut ", StringComparison.Ordinal)).ShouldBe(acted.Count);
        accepted.ShouldBePositive();
        // No number has more digits than its instrument; 40 % of an equity is a quantity with eight significant ones.
        log.Where(l => OverlongNumber().IsMatch(l)).ShouldBeEmpty();
        log.ShouldContain(l => ClosedTrade().IsMatch(l));
    }

    [GeneratedRegex(@"\d\.0*[1-9]\d{8,}|[\d.]+E[-+]\d")]
    private static partial Regex OverlongNumber();

    // The prices of the samples have two decimals, and fills are at them, or at the stop's with the digits that it needs.
    [GeneratedRegex(@"Trade \d+ of SmaCross\S+ in \w+ is Closed: 0 of [\d.]+ open, entered at \d+\.\d\d, closed at ")]
    private static partial Regex ClosedTrade();

    [Fact]
    public async Task A_server_gives_processor_memory_and_waiting_work_with_the_status_of_a_batch()
    {
        var url = await server.UrlAsync;
        // Enough work for a first measurement, a tenth of a second after the start.
        var many = string.Join(", ", Enumerable.Range(31, 400));
        var batch = _folder.Write("many.json", (await File.ReadAllTextAsync(Batch("")))
            .Replace("[20, 30]", $"[{many}]", StringComparison.Ordinal)
            .Replace("\"fast\": 5", "\"fast\": [5, 6, 7, 8, 9, 10]", StringComparison.Ordinal));
        await CallAsync("backtest", batch, "--host", url, "--out", _folder.At("run"), "--quiet");
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        var jobs = JsonDocument.Parse(await http.GetStringAsync("/api/v1/jobs")).RootElement;
        // The server has jobs of other tests too.
        var job = jobs.GetProperty("items").EnumerateArray().Single(j => j.GetProperty("name").GetString() == "told");
        var load = job.GetProperty("progress").GetProperty("load");
        load.GetProperty("memoryBytes").GetInt64().ShouldBeGreaterThan(10 << 20);
        load.GetProperty("cpuPercent").GetDouble().ShouldBeGreaterThan(0);
        load.GetProperty("waiting").GetInt32().ShouldBe(0);
    }
}
