using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables of strategies: each one, by class, market and timeframe, their correlation, the parameter maps, and the last trades
/// of a few.</summary>
internal sealed class StrategyTables(PageCheck check, RunFigures run)
{
    private const int LongestTable = 2000, Correlated = 16, LastTrades = 12, FewestPeriods = 10;

    private readonly ILookup<string, double> _closed = run.Closed.ToLookup(t => t.Strategy, t => t.NetProfit, StringComparer.Ordinal);

    public void Check()
    {
        All();
        if (run.Ranked.Count > 1) Groups();
        Correlations();
        Maps();
        Last();
    }

    private static string Id(JsonElement strategy) => Text(strategy, "id");

    private static string Text(JsonElement strategy, string key) => strategy.GetProperty(key).GetString()!;

    private static string Parameters(JsonElement strategy) => string.Join(" · ",
        strategy.GetProperty("params").EnumerateObject().Select(p => $"{p.Name} {p.Value}".Trim()));

    private static bool IsRuined(JsonElement strategy) => strategy.TryGetProperty("state", out var state) && state.GetString() == "ruined";

    private void All() => check.Table(run.Ranked.Count > LongestTable ? $"The first {LongestTable:#,0} of"
        : "Strategies by weight, then return",
        [.. run.Ranked.Take(LongestTable).Select(s => new Cells
        {
            ["Strategy"] = Name(s),
            ["Symbol"] = Text(s, "symbol"),
            ["TF"] = Text(s, "timeframe"),
            ["Weight"] = Math.Round(s.GetProperty("weight").GetDouble(), 4),
            ["Contribution"] = _closed[Id(s)].DefaultIfEmpty(double.NaN).Sum(),
            ["Trades"] = RunFigures.Stat(s, "trades"),
            ["Won"] = RunFigures.Stat(s, "winRate"),
            ["PF"] = RunFigures.Stat(s, "profitFactor"),
            ["Return"] = RunFigures.Stat(s, "totalReturn"),
            ["Sharpe"] = RunFigures.Stat(s, "sharpe"),
            ["Max DD"] = RunFigures.Stat(s, "maxDrawdown"),
            ["Profit by trade"] = "",
        })]);

    private static Cell Name(JsonElement s)
    {
        var words = new[] { Parameters(s), Text(s, "sides") is "long" ? ""
            : "· " + Text(s, "sides"), $"{Text(s, "symbol")} · {Text(s, "timeframe")}",
            IsRuined(s) ? "ruined: its account reached zero equity and was closed" : "" };
        return $"{Text(s, "class")} {string.Join(" ", words.Where(w => w.Length > 0))}";
    }

    private void Groups()
    {
        foreach (var (caption, heading, key) in new[] { ("Strategies by class", "Class", "class"),
            ("Strategies by market", "Market", "symbol"), ("Strategies by timeframe", "Timeframe", "timeframe") })
        {
            var groups = run.Ranked.GroupBy(s => Text(s, key)).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            if (groups.Count < 2 && key != "class") continue;
            check.Table(caption, [.. groups.Select(group => new Cells
            {
                [heading] = group.Key,
                ["Strategies"] = group.Count(),
                ["Gained"] = (double)group.Count(s => RunFigures.Stat(s, "totalReturn") > 0) / group.Count(),
                ["Weighted"] = group.Count(s => s.GetProperty("weight").GetDouble() != 0),
                ["Median return"] = Median(group, "totalReturn"),
                ["Median Sharpe"] = Median(group, "sharpe"),
                ["Median max DD"] = Median(group, "maxDrawdown"),
                ["Contribution"] = run.Trades.Count == 0 ? double.NaN : group.Sum(s => _closed[Id(s)].Sum()),
            })]);
        }
    }

    private static double Median(IEnumerable<JsonElement> strategies, string key)
    {
        var values = strategies.Select(s => RunFigures.Stat(s, key)).Where(v => !double.IsNaN(v)).ToArray();
        return values.Length == 0 ? double.NaN : DailyCurve.Quantile(values, 0.5);
    }

    // Of the weekly returns of each strategy's own equity: the strategies whose trades in the portfolio moved the most money.
    private void Correlations()
    {
        var moved = run.Trades.ToLookup(t => t.Strategy, t => Math.Abs(t.NetProfit), StringComparer.Ordinal);
        var order = run.Files.Strategies.Select((s, i) => (Id: Id(s), Index: i)).ToDictionary(s => s.Id, s => s.Index);
        var chosen = run.Files.Weighted.Where(s => run.OwnRows(s).Exists(r => r.Equity != run.Cash))
            .OrderByDescending(s => moved[Id(s)].Sum()).ThenBy(s => order[Id(s)]).Take(Correlated).Select(Id).ToHashSet();
        if (chosen.Count < 2) return;
        var shown = run.Ranked.Where(s => chosen.Contains(Id(s))).ToList();
        var returns = shown.ConvertAll(s => WeeklyReturns.Of(run.OwnRows(s), run.Cash));
        var pairs = Enumerable.Range(0, shown.Count).SelectMany(i => Enumerable.Range(0, i)
            .Select(j => returns[i].Correlation(returns[j], FewestPeriods))).Where(double.IsFinite).ToList();
        if (pairs.Count > 0) check.Sentences.Says("Mean correlation of the pairs below: {} .*", pairs.Average());
        check.Table($"Correlation between the {shown.Count} strategies that moved the most money", [.. shown.Select((s, i) =>
        {
            var words = new[] { Parameters(s), Text(s, "symbol") }.Where(w => w.Length > 0);
            var separator = Parameters(s).Length == 0 ? " · " : " ";
            var cells = new Cells { ["Strategy"] =
                $"{i + 1} {Text(s, "class")}{separator}{string.Join(" · ", words)} {Text(s, "timeframe")}" };
            for (var j = 0; j < shown.Count; j++) cells[$"{j + 1}"] = i == j ? 1 : returns[i].Correlation(returns[j], FewestPeriods);
            return cells;
        })]);
    }

    // The parameters of a walk-forward's groups changed from window to window.
    private void Maps()
    {
        if (run.Files.Results.TryGetProperty("walkForward", out _)) return;
        foreach (var group in run.Files.Strategies.GroupBy(s => Text(s, "class")).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var names = group.SelectMany(s => s.GetProperty("params").EnumerateObject())
                .Where(p => p.Value.ValueKind == JsonValueKind.Number)
                .GroupBy(p => p.Name).Select(g => (Name: g.Key, Values: g.Select(p => p.Value.GetDouble()).Distinct().Order().ToList()))
                    .ToList();
            var two = names.Where(n => n.Values.Count > 1).OrderByDescending(n => n.Values.Count).Take(2).OrderBy(names.IndexOf).ToList();
            if (two.Count < 2) continue;
            var (down, across) = (two[0], two[1]);
            check.Table($"{group.Key}, {group.Count():#,0} strategies: median Sharpe", [.. down.Values.Select(d =>
            {
                var cells = new Cells { [$"{down.Name} ↓ {across.Name} →"] = d };
                foreach (var a in across.Values)
                {
                    var members = group.Where(s => Parameter(s, down.Name) == d && Parameter(s, across.Name) == a).ToList();
                    cells[$"{a:#,0.####}"] = members.Count == 0 ? "" : Median(members, "sharpe");
                }
                return cells;
            })]);
        }

        static double Parameter(JsonElement s, string name) => s.GetProperty("params").TryGetProperty(name, out var v) ? v.GetDouble()
            : double.NaN;
    }

    // Of three strategies: those with weight and the largest contributions first.
    private void Last()
    {
        var order = run.Files.Strategies.Select((s, i) => (Id: Id(s), Index: i)).ToDictionary(s => s.Id, s => s.Index);
        var chosen = run.Ranked.Where(s => RunFigures.Stat(s, "trades") > 0)
            .OrderByDescending(s => s.GetProperty("weight").GetDouble() != 0)
            .ThenByDescending(s => _closed[Id(s)].Sum()).ThenByDescending(s => RunFigures.Stat(s, "totalReturn")).ThenBy(s => order[Id(s)])
                .Take(3);
        var why = new WhyText(run.Files);
        foreach (var strategy in chosen)
        {
            var trades = run.Files.TradesOf(Id(strategy)).ToList();
            check.Table(trades.Count == 1 ? "The last trade" : $"The last {Math.Min(LastTrades, trades.Count)} trades",
                [.. trades.TakeLast(LastTrades).Select(t => new Cells
            {
                ["Entered"] = Cell.Time(t.EntryTime),
                ["Side"] = t.Sign > 0 ? "long" : "short",
                ["Price"] = t.EntryPrice,
                ["Exited"] = t.IsOpen ? "" : Cell.Time(t.ExitTime),
                ["Price (2)"] = t.ExitPrice,
                ["By"] = TradeTables.Reason(t),
                ["Bars"] = t.Bars,
                ["Net profit"] = t.NetProfit,
                ["Return"] = t.Return,
                ["Why"] = why.Of(t),
            })], Id(strategy));
            check.Drawn($"{Text(strategy, "symbol")}, {Text(strategy, "timeframe")}");
        }
    }
}
