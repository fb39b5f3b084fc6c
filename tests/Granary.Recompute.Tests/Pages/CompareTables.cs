using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The page of two runs: statistics, strategies, trades and decisions of both, and what differs.</summary>
internal sealed class CompareTables(PageCheck check, RunFiles first, RunFiles second, double cash)
{
    private readonly List<(TradeRow A, TradeRow B)> _changed = [];
    private int _same, _onlyA, _onlyB, _different;

    public void Check()
    {
        check.Take(t => t.Caption == "The two runs");
        Statistics();
        Decisions();
        Strategies();
        Trades();
        Curves();
        Sentences();
        check.Words("Bars that differ");
    }

    private void Sentences()
    {
        var (says, a, b) = (check.Sentences, first.Equity(), second.Equity());
        says.Says("A ends at {}; B ends at {}.", a[^1].Equity / cash, b[^1].Equity / cash);
        says.Says("A fell by {} at the most; B fell by {} at the most.", a.Max(r => r.Drawdown), b.Max(r => r.Drawdown));
        var resized = _changed.Count(c => c.A with
        {
            Quantity = c.B.Quantity,
            Profit = c.B.Profit,
            Commission = c.B.Commission,
            NetProfit = c.B.NetProfit,
            Financing = c.B.Financing,
            Return = c.B.Return,
        } == c.B);
        says.Says("They differ. Of {} trades of strategies' own accounts {} are the same in both, {} are changed,"
            + (resized > 0 ? " of these {} in their size alone," : "") + " {} are only in A and {} only in B.",
            [_same + _changed.Count + _onlyA + _onlyB, _same, _changed.Count, .. resized > 0 ? [resized] : Array.Empty<double>(), _onlyA,
                _onlyB]);
        var markets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(first.Folder, "manifest.json"))).RootElement.GetProperty("data");
        says.Says("Both runs used the same bars: {} series, equal hashes.", markets.GetArrayLength());
        says.Says("Both runs used the same bars: {} series, equal in number, first and last bar. *", markets.GetArrayLength());
        says.Says("Both runs have {} strategies, of which {} are the same in trades, statistics and weight; {} are only in A, "
            + "{} only in B.",
            first.Strategies.Count, first.Strategies.Count - _different, 0, 0);
        says.Says("The live session's own portfolio is compared here, with simulated fills. With the broker's fills: account {}, "
            + "a backtest of the same bars {}: no difference.", b[^1].Equity, a[^1].Equity);
        says.Listed(".* strategy by strategy", "a caption");
    }

    // In the order of results.json; the page says the names in words, so that rows are matched by both figures.
    private void Statistics()
    {
        if (check.Take(t => t.Caption.StartsWith("Portfolio statistics", StringComparison.Ordinal)) is not { } table) return;
        var (a, b) = (Figures(first), Figures(second));
        var keys = a.Keys.Union(b.Keys).ToList();
        check.Number("Portfolio statistics, rows", table.Rows.Count.ToString(), keys.Count);
        foreach (var (row, key) in table.Rows.Zip(keys))
        {
            var (x, y) = (a.GetValueOrDefault(key, double.NaN), b.GetValueOrDefault(key, double.NaN));
            // Lengths of less than two days are written in hours.
            var isLength = key is "maxDrawdownDays" or "longestUnderwaterDays";
            var less = isLength && Math.Abs(y - x) < 2 ? 24 * (y - x) : y - x;
            if (isLength) (x, y) = (x < 2 ? 24 * x : x, y < 2 ? 24 * y : y);
            check.Number($"Portfolio statistics, {key}, A", row[1], x);
            check.Number($"Portfolio statistics, {key}, B", row[2], y);
            if (row[3] == "same") check.Number($"Portfolio statistics, {key}, the same", row[1], y);
            else if (row[3].StartsWith('<'))
                check.Number($"Portfolio statistics, {key}, less than",
                    Math.Abs(y - x) < ShownNumber.Parse(row[3]).Value ? "1" : "0", 1);
            else check.Number($"Portfolio statistics, {key}, B less A", row[3], less);
        }
    }

    private static Dictionary<string, double> Figures(RunFiles run) => run.PortfolioStats.EnumerateObject()
        .ToDictionary(p => p.Name, p => p.Value.ValueKind == JsonValueKind.Number ? p.Value.GetDouble()
            : double.NaN, StringComparer.Ordinal);

    private void Decisions()
    {
        var (a, b) = (Counts(first), Counts(second));
        var shown = check.Table("Signals by the portfolio's decision", name =>
        {
            var key = DecisionWords.Key(name);
            var (x, y) = (a.GetValueOrDefault(key), b.GetValueOrDefault(key));
            return new Cells { ["Decision"] = name, ["A"] = x, ["B"] = y, ["B − A"] = y - x };
        });
        check.Number("Signals by the portfolio's decision, rows", shown.Count.ToString(), a.Keys.Union(b.Keys).Count());
    }

    private static Dictionary<string, int> Counts(RunFiles run) => run.Results.GetProperty("portfolio").GetProperty("decisions")
        .EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetInt32());

    // Both runs have the same strategies; a trade is known by its side and the bar of its entry.
    private void Strategies()
    {
        var rows = new List<(double Difference, Cells Cells)>();
        foreach (var (a, b) in first.Strategies.Zip(second.Strategies))
        {
            var id = a.GetProperty("id").GetString()!;
            var (own, other) = (first.TradesOf(id), second.TradesOf(id));
            var theirs = other.ToDictionary(t => (t.EntryTime, t.Sign));
            var shared = own.Where(t => theirs.ContainsKey((t.EntryTime, t.Sign))).ToList();
            var same = shared.Count(t => t == theirs[(t.EntryTime, t.Sign)]);
            var (onlyA, onlyB) = (own.Count - shared.Count, other.Count - shared.Count);
            var (wa, wb) = (a.GetProperty("weight").GetDouble(), b.GetProperty("weight").GetDouble());
            var (ra, rb) = (RunFigures.Stat(a, "totalReturn"), RunFigures.Stat(b, "totalReturn"));
            (_same, _onlyA, _onlyB) = (_same + same, _onlyA + onlyA, _onlyB + onlyB);
            _changed.AddRange(shared.Select(t => (t, theirs[(t.EntryTime, t.Sign)])).Where(p => p.t != p.Item2));
            if (wa == wb && onlyA + onlyB + shared.Count - same == 0) continue;
            _different++;
            rows.Add((Math.Abs(rb - ra), new Cells
            {
                ["Strategy"] = id,
                ["Return A"] = ra,
                ["Return B"] = rb,
                ["B − A"] = rb - ra,
                ["Sharpe A"] = RunFigures.Stat(a, "sharpe"),
                ["Sharpe B"] = RunFigures.Stat(b, "sharpe"),
                ["Weight A"] = Math.Round(wa, 4),
                ["Weight B"] = Math.Round(wb, 4),
                ["Same"] = same,
                ["Changed"] = shared.Count - same,
                ["Only A"] = onlyA,
                ["Only B"] = onlyB,
            }));
        }
        check.Table("Strategies that differ", [.. rows.OrderByDescending(r => r.Difference).Select(r => r.Cells)]);
    }

    // Strategy by strategy, by the time of entry; a changed trade has a row of each run.
    private void Trades()
    {
        var rows = new List<Cells>();
        foreach (var id in first.Strategies.Select(s => s.GetProperty("id").GetString()!))
        {
            var (own, other) = (first.TradesOf(id), second.TradesOf(id));
            foreach (var trades in own.Concat(other).GroupBy(t => (t.EntryTime, t.Sign)).OrderBy(g => g.Key.EntryTime))
            {
                var a = own.FirstOrDefault(t => (t.EntryTime, t.Sign) == trades.Key);
                var b = other.FirstOrDefault(t => (t.EntryTime, t.Sign) == trades.Key);
                if (a is null) rows.Add(Row(b!, "B only"));
                else if (b is null) rows.Add(Row(a, "A only"));
                else if (a != b) rows.AddRange([Row(a, "A"), Row(b, "B")]);
            }
        }
        check.Table("All differences, strategy by strategy", rows);
    }

    private static Cells Row(TradeRow trade, string run) => new()
    {
        ["Strategy"] = trade.Strategy,
        ["In"] = run,
        ["Side"] = trade.Sign > 0 ? "long" : "short",
        ["Entered"] = Cell.Time(trade.EntryTime),
        ["Quantity"] = trade.Quantity,
        ["Entry price"] = trade.EntryPrice,
        ["Exited"] = trade.IsOpen ? "" : Cell.Time(trade.ExitTime),
        ["Exit price"] = trade.ExitPrice,
        ["By"] = TradeTables.Reason(trade),
        ["Net profit"] = trade.NetProfit,
    };

    private void Curves()
    {
        var lines = new Dictionary<string, IReadOnlyDictionary<DateTime, double>> { ["A"] = Share(first), ["B"] = Share(second) };
        check.Chart("Equity over starting cash", lines);
        check.Chart("Drawdown",
            lines.Keys.ToDictionary(k => k, k =>
                ReturnTables.Series((k == "A" ? first : second).Equity(), r => -r.Drawdown) as IReadOnlyDictionary<DateTime, double>));
    }

    private Dictionary<DateTime, double> Share(RunFiles run) => ReturnTables.Series(run.Equity(), r => r.Equity / cash);
}
