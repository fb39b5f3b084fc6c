using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>windows.csv of a walk-forward: what each window brought follows from the group's trades, what it was chosen for from a backtest
/// that ends where the window begins.</summary>
/// <param name="batch">Path of the batch file.</param>
internal sealed class WindowCheck(RunFiles files, MarketSet markets, double cash, double commission, string batch)
{
    private readonly CsvTable _table = CsvTable.Read(Path.Combine(files.Folder, "windows.csv"));

    /// <summary>Demands that every column agrees, in results.json too.</summary>
    public async Task DemandAsync()
    {
        var choices = files.Results.GetProperty("walkForward").GetProperty("groups").EnumerateArray()
            .SelectMany(g => g.GetProperty("choices").EnumerateArray().Select(c => (Group: g.GetProperty("group").GetString()!, Choice: c)))
            .ToList();
        choices.Count.ShouldBe(_table.Rows.Count);
        foreach (var (row, (group, choice)) in _table.Rows.Zip(choices))
        {
            _table.Text(row, "group").ShouldBe(group);
            _table.Time(row, "from").ShouldBe(choice.GetProperty("from").GetDateTime().ToUniversalTime());
            _table.Text(row, "strategy").ShouldBe(choice.GetProperty("strategy").GetString());
            foreach (var (column, key) in new[] { ("objective", "objective"), ("in_sample_return", "inSampleReturn"),
                ("out_of_sample_return", "outOfSampleReturn"), ("trades", "trades"), ("out_of_sample_objective", "outOfSampleObjective") })
                Agreement.Demand(choice, key, _table.Number(row, column), group);
        }
        foreach (var group in _table.Rows.GroupBy(r => _table.Text(r, "group"))) Outcomes(group.Key, [.. group]);
        await ReasonsAsync();
    }

    private void Outcomes(string group, List<string[]> windows)
    {
        var (first, end) = (_table.Time(windows[0], "chosen_at"), _table.Time(windows[^1], "to"));
        var trades = files.TradesOf(group);
        // All groups have the rows of the data, also where one market has no bar.
        var rows = new RebuiltAccount(cash, commission).Rows(trades,
            markets.Bars.ToDictionary(m => m.Key, m => m.Value.Where(b => b.Time >= first && b.Time < end).ToList()));
        var before = cash;
        foreach (var window in windows)
        {
            var (from, to) = (_table.Time(window, "chosen_at"), _table.Time(window, "to"));
            var own = rows.Where(r => r.Time >= from && r.Time < to).ToList();
            var name = $"{group}, window from {from:u}";
            Same(name + ", return", _table.Number(window, "out_of_sample_return"), own[^1].Equity / before - 1);
            var curve = new CurveFigures([.. own.Select(r => r.Time)], [.. own.Select(r => r.Equity)], before,
                Calendar.PeriodsPerYear([.. own.Select(r => r.Time)]));
            Same(name + ", Sharpe ratio", _table.Number(window, "out_of_sample_objective"), curve.Sharpe);
            Same(name + ", trades entered", _table.Number(window, "trades"), trades.Count(t => t.EntryTime >= from && t.EntryTime < to));
            before = own[^1].Equity;
        }
    }

    // The combination with the best Sharpe ratio of a backtest over the stretch before, and its figures there.
    private async Task ReasonsAsync()
    {
        using var folder = new TemporaryFolder();
        foreach (var stretch in _table.Rows.GroupBy(r => (From: _table.Text(r, "from"), At: _table.Text(r, "chosen_at"))))
        {
            var json = JsonNode.Parse(await File.ReadAllTextAsync(batch))!.AsObject();
            json.Remove("walkForward");
            json["outputs"] = new JsonArray("results");
            (json["data"]!["source"], json["data"]!["from"], json["data"]!["to"]) =
                ("csv:" + Path.Combine(Path.GetDirectoryName(batch)!, "data"), stretch.Key.From, stretch.Key.At);
            var name = stretch.Key.At[..10];
            await GranaryCommand.RunAsync("backtest", folder.Write(name + ".json", json.ToJsonString()), "--out", folder.File(name),
                "--quiet", "--no-guards");
            using var results = JsonDocument.Parse(await File.ReadAllBytesAsync(folder.File(name + "/results.json")));
            var tried = results.RootElement.GetProperty("strategies").EnumerateArray().ToList();
            foreach (var row in stretch)
            {
                var market = _table.Text(row, "group")[_table.Text(row, "group").IndexOf('@')..];
                var best = tried.Where(s => s.GetProperty("id").GetString()!.EndsWith(market, StringComparison.Ordinal))
                    .MaxBy(s => RunFigures.Stat(s, "sharpe"));
                best.GetProperty("id").GetString().ShouldBe(_table.Text(row, "strategy"), $"chosen at {name}");
                Same($"{market}, objective at {name}", _table.Number(row, "objective"), RunFigures.Stat(best, "sharpe"));
                Same($"{market}, return in sample at {name}", _table.Number(row, "in_sample_return"),
                    RunFigures.Stat(best, "totalReturn"));
            }
        }
    }

    private static void Same(string where, double shown, double expected) =>
        Agreement.Same(shown, expected).ShouldBeTrue($"{where}: {shown} in windows.csv, recomputed {expected}");
}
