using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>windows.csv of a walk-forward: what each window brought follows from the group's trades, what it was chosen for from a backtest
/// that ends where the window begins.</summary>
/// <param name="batch">Path of the batch file.</param>
/// <param name="check">Of results.json; the section walkForward is compared there too.</param>
internal sealed class WindowCheck(RunFiles files, MarketSet markets, double cash, double commission, string batch, ResultsCheck check)
{
    // Of the batch file.
    private const int InYears = 2, OutMonths = 6, Combinations = 4;

    /// <summary>Points that a search tries in each window; null for the grid of the batch.</summary>
    public int? Searched { get; init; }

    private readonly Dictionary<string[], string> _paths = new(ReferenceEqualityComparer.Instance);
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
                ("out_of_sample_return", "outOfSampleReturn"), ("trades", "trades"), ("out_of_sample_objective", "outOfSampleObjective"),
                ("trials", "tried") })
                Agreement.Demand(choice, key, _table.Number(row, column), group);
        }
        foreach (var (g, group) in _table.Rows.GroupBy(r => _table.Text(r, "group")).Index())
        {
            foreach (var (c, row) in group.Index()) _paths[row] = $"walkForward.groups[{g}].choices[{c}].";
            Windows($"walkForward.groups[{g}].", group.Key, [.. group]);
            Outcomes(group.Key, [.. group]);
        }
        await ReasonsAsync();
        Sums();
    }

    // Windows begin with the record and follow one another; the last ends with the record.
    private void Windows(string path, string group, List<string[]> windows)
    {
        check.Text(path + "group", group);
        if (Searched is null) check.Number(path + "combinations", Combinations);
        check.Number(path + "outOfSampleReturn", windows.Aggregate(1.0, (g, w) => g * (1 + _table.Number(w, "out_of_sample_return"))) - 1);
        check.Number(path + "stability", windows.Count < 2 ? double.NaN : (double)windows.Zip(windows.Skip(1))
            .Count(p => _table.Text(p.First, "strategy") == _table.Text(p.Second, "strategy")) / (windows.Count - 1));
        var first = markets.Bars.Values.Min(b => b[0].Time);
        var end = markets.Bars.Values.Max(b => b[^1].Time).AddDays(1);
        foreach (var (c, row) in windows.Index())
        {
            var from = first.AddMonths(OutMonths * c);
            var (at, choice) = (from.AddYears(InYears), _paths[row]);
            var to = at.AddMonths(OutMonths) < end ? at.AddMonths(OutMonths) : end;
            foreach (var (key, time) in new[] { ("from", from), ("chosenAt", at), ("to", to) })
                check.Text(choice + key, $"{time:yyyy-MM-ddTHH:mm:ss}Z");
        }
    }

    private void Sums()
    {
        check.Text("walkForward.inSample", $"{InYears}y");
        check.Text("walkForward.outOfSample", $"{OutMonths}mo");
        check.Number("walkForward.inSampleDays", InYears * 365.25);
        check.Number("walkForward.outOfSampleDays", OutMonths * 365.25 / 12);
        check.Number("walkForward.windows", _table.Rows.Select(r => _table.Text(r, "chosen_at")).Distinct().Count());
        double Yearly(string key, string from, string to) => _table.Rows.Sum(r =>
            _table.Number(r, key) / ((_table.Time(r, to) - _table.Time(r, from)).TotalDays / 365.25));
        check.Number("walkForward.efficiencyRatio",
            Yearly("out_of_sample_return", "chosen_at", "to") / Yearly("in_sample_return", "from", "chosen_at"));
        var chosen = _table.Rows.Where(r => _table.Text(r, "strategy").Length > 0).ToList();
        check.Number("walkForward.tried", _table.Rows.Sum(r => _table.Number(r, "trials")));
        check.Number("walkForward.chosen", chosen.Count);
        check.Number("walkForward.meanInSampleReturn", chosen.Average(r => _table.Number(r, "in_sample_return")));
        check.Number("walkForward.meanOutOfSampleReturn", chosen.Average(r => _table.Number(r, "out_of_sample_return")));
        check.Number("walkForward.gained", chosen.Count(r => _table.Number(r, "out_of_sample_return") > 0));
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
            var entered = trades.Count(t => t.EntryTime >= from && t.EntryTime < to);
            Same(name + ", trades entered", _table.Number(window, "trades"), entered);
            var path = _paths[window];
            check.Number(path + "outOfSampleReturn", own[^1].Equity / before - 1);
            check.Number(path + "outOfSampleObjective", curve.Sharpe);
            check.Number(path + "trades", entered);
            // Of the trades that were entered in the window, wherever they ended.
            var closed = new TradeFigures(trades.Where(t => t.EntryTime >= from && t.EntryTime < to));
            check.Number(path + "outOfSample.trades", closed.Trades);
            check.Number(path + "outOfSample.winRate", closed.WinRate);
            check.Number(path + "outOfSample.totalReturn", curve.TotalReturn);
            check.Number(path + "outOfSample.cagr", curve.Cagr);
            check.Number(path + "outOfSample.volatility", curve.Volatility);
            check.Number(path + "outOfSample.sharpe", curve.Sharpe);
            check.Number(path + "outOfSample.maxDrawdown", curve.MaxDrawdown);
            check.Number(path + "outOfSample.exposure", (double)own.Count(r => r.IsInvested) / own.Count);
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
            // A search leaves the combination that it chose, whose account is run again.
            if (Searched is not null) json["strategies"] = new JsonArray([.. stretch.Select(r => Chosen(json["strategies"]![0]!, r))]);
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
                var path = _paths[row];
                Same($"{market}, trials at {name}", _table.Number(row, "trials"), Searched ?? Combinations);
                check.Number(path + "tried", Searched ?? Combinations);
                foreach (var parameter in best.GetProperty("params").EnumerateObject())
                    Same($"{market}, {parameter.Name} at {name}", _table.Number(row, parameter.Name), parameter.Value.GetDouble());
                check.Text(path + "strategy", best.GetProperty("id").GetString()!);
                foreach (var parameter in best.GetProperty("params").EnumerateObject())
                    check.Number($"{path}params.{parameter.Name}", parameter.Value.GetDouble());
                check.Number(path + "objective", RunFigures.Stat(best, "sharpe"));
                check.Number(path + "inSampleReturn", RunFigures.Stat(best, "totalReturn"));
                foreach (var key in new[] { "trades", "winRate", "totalReturn", "cagr", "volatility", "sharpe", "maxDrawdown", "exposure" })
                    check.Number($"{path}inSample.{key}", RunFigures.Stat(best, key));
            }
        }
    }

    private JsonObject Chosen(JsonNode entry, string[] row)
    {
        var chosen = entry.DeepClone().AsObject();
        var space = chosen["search"]!["space"]!.AsObject().Select(p => p.Key).ToList();
        chosen.Remove("search");
        chosen["params"] = new JsonObject(space.Select(name => KeyValuePair.Create(name, (JsonNode?)(int)_table.Number(row, name))));
        var group = _table.Text(row, "group");
        chosen["symbols"] = new JsonArray(group[(group.IndexOf('@') + 1)..group.IndexOf(':')]);
        return chosen;
    }

    private static void Same(string where, double shown, double expected) =>
        Agreement.Same(shown, expected).ShouldBeTrue($"{where}: {shown} in windows.csv, recomputed {expected}");
}
