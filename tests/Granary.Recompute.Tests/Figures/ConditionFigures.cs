using System.Text.Json;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Mean of returns, its 95 % interval and the probability of such a mean by luck.</summary>
internal sealed record MeanFigures(int Count, double Mean, double Low, double High, double PValue)
{
    public static MeanFigures Of(IReadOnlyList<double> returns)
    {
        var n = returns.Count;
        if (n == 0) return new MeanFigures(0, double.NaN, double.NaN, double.NaN, double.NaN);
        if (n == 1) return new MeanFigures(1, returns[0], double.NaN, double.NaN, double.NaN);
        var mean = returns.Average();
        var deviation = CurveFigures.Deviation(returns);
        // A return is a quotient less 1. Returns that differ by its rounding alone are equal, and leave no luck to measure.
        if (deviation <= 1e-11 * Math.Max(1, returns.Max(Math.Abs)))
            return new MeanFigures(n, mean, double.NaN, double.NaN, double.NaN);
        var error = deviation / Math.Sqrt(n);
        var margin = StudentCurve.Bound(n - 1) * error;
        return new MeanFigures(n, mean, mean - margin, mean + margin, StudentCurve.Above(mean / error, n - 1));
    }
}

/// <summary>A row of the tables of conditions.</summary>
internal sealed record ConditionFigure(string Strategy, string Condition, string Value, double WinRate, double Profit, MeanFigures All,
    MeanFigures First, MeanFigures Later)
{
    public bool IsTest => Condition != "exit" && First.Count >= 10;

    public double Adjusted { get; set; } = double.NaN;

    public string Outcome { get; set; } = "";

    /// <summary>ω² (Hays 1963) of the whole condition of the strategy; NaN with fewer than ten returns more than values.</summary>
    public double Importance { get; init; } = double.NaN;
}

/// <summary>Profit by condition, from the trades, the signals and the bars.</summary>
internal sealed class ConditionFigures
{
    private static readonly string[] s_names = ["state", "volatility", "hour", "weekday", "entry", "exit"];
    private static readonly string[] s_order = ["low", "middle", "high", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
        "Saturday"];

    private readonly RunFigures _run;
    private readonly Dictionary<string, (int[] States, TimeSpan Step)> _volatility = new(StringComparer.Ordinal);

    public ConditionFigures(RunFigures run)
    {
        _run = run;
        var types = Types();
        var trades = new List<(string Strategy, List<(TradeRow Trade, DateTime Closed, string?[] Values)> Trades)>();
        foreach (var strategy in run.Files.Strategies)
        {
            var (id, timeframe) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("timeframe").GetString()!);
            var closed = run.Files.TradesOf(id).Where(t => !t.IsOpen)
                .Select(t => (t, t.ExitTime + Length(timeframe), ValuesOf(t, timeframe, types))).ToList();
            if (closed.Count > 0) trades.Add((id, closed));
        }
        if (trades.Count == 0) return;
        var (first, last) = (trades.Min(s => s.Trades.Min(t => t.Trade.EntryTime)), trades.Max(s => s.Trades.Max(t => t.Closed)));
        Split = first.AddTicks((last - first).Ticks / 10 * 6);
        foreach (var (id, own) in trades) Rows.AddRange(RowsOf(id, own));
        Correct();
    }

    public DateTime Split { get; }

    public List<ConditionFigure> Rows { get; } = [];

    /// <summary>Those that were tests, the smallest probability first.</summary>
    public List<ConditionFigure> Tests => [.. Rows.Where(r => r.IsTest && !double.IsNaN(r.First.PValue)).OrderBy(r => r.First.PValue)];

    private IEnumerable<ConditionFigure> RowsOf(string id, List<(TradeRow Trade, DateTime Closed, string?[] Values)> trades)
    {
        double Return(TradeRow t) => t.NetProfit / (t.EntryPrice * t.Quantity * _run.Markets.Multiplier(t.Symbol));
        for (var k = 0; k < s_names.Length; k++)
        {
            var importance = s_names[k] == "exit" ? double.NaN
                : Importance([.. trades.Where(t => t.Values[k] is not null).GroupBy(t => t.Values[k]!)
                .Select(g => g.Select(t => Return(t.Trade)).ToArray())]);
            foreach (var group in trades.Where(t => t.Values[k] is not null).GroupBy(t => t.Values[k]!)
                .OrderBy(g => Math.Max(-1, Array.IndexOf(s_order, g.Key)) is var at && at >= 0 ? at : g.Key == "Sunday" ? 99 : -1)
                .ThenBy(g => g.Key, StringComparer.Ordinal))
                yield return new ConditionFigure(id, s_names[k], group.Key,
                    group.Average(t => t.Trade.NetProfit > 0 ? 1 : 0),
                    group.Sum(t => t.Trade.NetProfit), MeanFigures.Of([.. group.Select(t => Return(t.Trade))]),
                    MeanFigures.Of([.. group.Where(t => t.Closed <= Split).Select(t => Return(t.Trade))]),
                    MeanFigures.Of([.. group.Where(t => t.Trade.EntryTime >= Split).Select(t => Return(t.Trade))]))
                { Importance = importance };
        }
    }

    // The sum of squares between the groups, less what chance gives, over the whole sum of squares and one share of chance.
    private static double Importance(List<double[]> groups)
    {
        double[] all = [.. groups.SelectMany(g => g)];
        if (groups.Count < 2 || all.Length - groups.Count < 10) return double.NaN;
        var total = all.Sum(r => Math.Pow(r - all.Average(), 2));
        if (Math.Sqrt(total / all.Length) <= 1e-11) return double.NaN;
        var inside = groups.Sum(g => g.Sum(r => Math.Pow(r - g.Average(), 2)));
        var chance = inside / (all.Length - groups.Count);
        return (total - inside - (groups.Count - 1) * chance) / (total + chance);
    }

    // Holm: the smallest probability times the number of tests, the next times one less, and so on, never falling.
    private void Correct()
    {
        var (tests, largest) = (Tests, 0.0);
        for (var k = 0; k < tests.Count; k++)
            tests[k].Adjusted = largest = Math.Max(largest, Math.Min(1, tests[k].First.PValue * (tests.Count - k)));
        var chosen = tests.Count(t => t.Adjusted <= 0.05);
        foreach (var t in tests)
            t.Outcome = t.Adjusted > 0.05 ? "not chosen" : t.Later.PValue * chosen <= 0.05 ? "held" : "lost";
    }

    private string?[] ValuesOf(TradeRow trade, string timeframe, Dictionary<(string, DateTime, int), string> types) =>
    [
        _run.StateAt?.Invoke(trade.Symbol, trade.EntryTime), VolatilityAt(trade.Symbol, trade.EntryTime),
        Length(timeframe) < TimeSpan.FromDays(1) ? trade.EntryTime.ToString("HH") : null, trade.EntryTime.DayOfWeek.ToString(),
        $"{(trade.Sign > 0 ? "long" : "short")} {types.GetValueOrDefault((trade.Strategy, trade.EntryTime, trade.Sign), "market")}",
        trade.Reason,
    ];

    private string? VolatilityAt(string symbol, DateTime time)
    {
        var bars = _run.Markets.Bars[symbol];
        if (!_volatility.TryGetValue(symbol, out var known))
        {
            var data = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_run.Files.Folder, "manifest.json"))).RootElement
                .GetProperty("data").EnumerateArray().Single(d => d.GetProperty("symbol").GetString() == symbol);
            _volatility[symbol] = known = (MarketStates.Volatility(bars, 20, 100, 20), Length(data.GetProperty("timeframe").GetString()!));
        }
        var at = bars.BinarySearch(new MarketBar(time - known.Step, 0, 0, 0, 0, 0),
            Comparer<MarketBar>.Create((a, b) => a.Time.CompareTo(b.Time)));
        if (at < 0) at = ~at - 1;
        return at < 0 || known.States[at] < 0 ? null : s_order[known.States[at]];
    }

    // Of the order that a trade's signal sent.
    private Dictionary<(string, DateTime, int), string> Types()
    {
        var table = CsvTable.Read(Path.Combine(_run.Files.Folder, "signals.csv"));
        var types = new Dictionary<(string, DateTime, int), string>();
        foreach (var row in table.Rows)
            if (table.Text(row, "entry_time").Length > 0)
                types[(table.Text(row, "strategy"), table.Time(row, "entry_time"), table.Text(row, "side") == "long" ? 1 : -1)] =
                    table.Text(row, "type");
        return types;
    }

    private static TimeSpan Length(string timeframe)
    {
        var number = int.Parse(timeframe[..^1]);
        return timeframe[^1] switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => TimeSpan.FromDays(7 * number),
        };
    }
}
