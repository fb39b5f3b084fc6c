using System.Text.Json;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A run rebuilt from its trades and the bars: all that its page shows is taken from here.</summary>
internal sealed class RunFigures
{
    private readonly Dictionary<string, List<EquityRow>> _own = new(StringComparer.Ordinal);
    private ConditionFigures? _conditions;

    /// <param name="commission">Fraction of the notional of each side.</param>
    /// <param name="benchmark">A symbol, buy-and-hold, or null for none.</param>
    /// <param name="marginRate">Yearly, a fraction.</param>
    public RunFigures(RunFiles files, MarketSet markets, double cash, double commission, string? benchmark = null, double marginRate = 0)
    {
        (Files, Markets, Cash, Commission) = (files, markets, cash, commission);
        Trades = files.PortfolioTrades();
        Closed = [.. Trades.Where(t => !t.IsOpen)];
        Fills = files.PortfolioFills();
        var traded = files.Weighted.SelectMany(RunFiles.SymbolsOf).ToHashSet();
        var shown = files.Equity();
        Account = new RebuiltAccount(cash, commission, markets.Multipliers);
        Rows = Account.Rows(Fills, Trades, markets.Bars.Where(m => traded.Contains(m.Key))
            .ToDictionary(m => m.Key, m => m.Value.Where(b => b.Time >= shown[0].Time && b.Time <= shown[^1].Time).ToList()),
            BarCloses.Of(files, markets), marginRate);
        Daily = new DailyCurve(Rows, cash);
        Closes = EndsOfDays(Rows);
        if (benchmark is not null) (Benchmark, BenchmarkRows, AtBenchmark) = Compared(benchmark);
        Ranked = [.. files.Strategies.Select((s, i) => (Strategy: s, Index: i))
            .OrderByDescending(s => s.Strategy.GetProperty("weight").GetDouble())
            .ThenByDescending(s => Stat(s.Strategy, "totalReturn") is var r && double.IsNaN(r) ? double.NegativeInfinity : r)
                .ThenBy(s => s.Index).Select(s => s.Strategy)];
    }

    public RunFiles Files { get; }

    public MarketSet Markets { get; }

    public double Cash { get; }

    public double Commission { get; }

    public RebuiltAccount Account { get; }

    public List<TradeRow> Trades { get; }

    public List<TradeRow> Closed { get; }

    public List<EquityRow> Rows { get; }

    /// <summary>The last row of each day, and before them the very first row where its day has several; with the row's index.</summary>
    public List<(EquityRow Row, int Index)> Closes { get; }

    public DailyCurve Daily { get; }

    /// <summary>Of the benchmark at its first row, and at the rows of <see cref="Closes"/> before which it had a bar; null without
    /// one.</summary>
    public BareCurve? Benchmark { get; }

    /// <summary>The first bar of a benchmark that has none up to the account's first row; otherwise null.</summary>
    public DateTime? BenchmarkBegins { get; private set; }

    /// <summary>Of the benchmark at the rows before which it had a bar; null without one.</summary>
    public BareCurve? BenchmarkRows { get; }

    /// <summary>Of the account at the times of <see cref="BenchmarkRows"/>.</summary>
    public BareCurve? AtBenchmark { get; }

    public List<FillRow> Fills { get; }

    /// <summary>The strategies in the order of the page: by weight, then by return.</summary>
    public List<JsonElement> Ranked { get; }

    /// <summary>The state of the batch's regimes that is known at a time; null where the batch has none.</summary>
    public Func<string, DateTime, string?>? StateAt { get; set; }

    /// <summary>Profit by condition.</summary>
    public ConditionFigures Conditions => _conditions ??= new ConditionFigures(this);

    /// <summary>Id and deflated Sharpe ratio of all that a walk-forward tried; null for other runs, whose strategies have it.</summary>
    public IReadOnlyList<(string Id, double Deflated)>? Tried { get; set; }

    public static double Stat(JsonElement strategy, string key) =>
        strategy.GetProperty("stats").TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble()
            : double.NaN;

    /// <summary>A strategy's own account, row by row of its own bars.</summary>
    public List<EquityRow> OwnRows(JsonElement strategy)
    {
        var (id, symbol) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("symbol").GetString()!);
        if (_own.TryGetValue(id, out var rows)) return rows;
        var bars = Markets.Of(symbol, strategy.GetProperty("timeframe").GetString()!);
        return _own[id] = new RebuiltAccount(Cash, Commission, Markets.Multipliers)
            .Rows(Files.TradesOf(id), new Dictionary<string, List<MarketBar>> { [symbol] = bars });
    }

    private static List<(EquityRow, int)> EndsOfDays(List<EquityRow> rows)
    {
        var found = new List<(EquityRow, int)>();
        for (var i = 0; i < rows.Count; i++)
            if (i == 0 || i == rows.Count - 1 || rows[i + 1].Time.Date != rows[i].Time.Date)
                found.Add((rows[i], i));
        return found;
    }

    /// <summary>A unit of money, put into the first close of a market or of each market in equal parts, at each later close.</summary>
    public static List<(DateTime Time, double Worth)> Worth(MarketSet markets, string benchmark)
    {
        var held = benchmark == "buy-and-hold" ? markets.Bars.Values.ToList() : [markets.Bars[benchmark]];
        var ratios = held.ConvertAll(_ => 1.0);
        var found = new List<(DateTime, double)>();
        foreach (var time in held.SelectMany((bars, k) => bars.Select(b => (b.Time, Market: k, Ratio: b.Close / bars[0].Close)))
            .GroupBy(p => p.Time).OrderBy(g => g.Key))
        {
            foreach (var p in time) ratios[p.Market] = p.Ratio;
            found.Add((time.Key, ratios.Average()));
        }
        return found;
    }

    // What the account has at the first row that both have, put into the first close of a market, or of each market in equal parts.
    private (BareCurve AtCloses, BareCurve AtRows, BareCurve Own) Compared(string benchmark)
    {
        var markets = benchmark == "buy-and-hold" ? Markets.Bars.Values.ToList() : [Markets.Bars[benchmark]];
        bool HasBar(DateTime after, DateTime to) => markets.Any(bars => bars.Exists(b => b.Time > after && b.Time <= to));
        double Unit(DateTime time) => markets.Average(bars => bars.FindLastIndex(b => b.Time <= time) is var at && at < 0 ? 1
            : bars[at].Close / bars[0].Close);
        // Before its first bar there is nothing to compare.
        var first = Rows.First(r => HasBar(DateTime.MinValue, r.Time));
        BenchmarkBegins = first == Rows[0] ? null : markets.Min(bars => bars[0].Time);
        double Worth(DateTime time) => first.Equity * Unit(time) / Unit(first.Time);
        List<EquityRow> Met(List<EquityRow> rows) =>
            [.. rows.Where((r, i) => HasBar(i == 0 ? DateTime.MinValue : rows[i - 1].Time, r.Time))];
        var met = Met(Rows);
        List<EquityRow> closes = [.. Met(Closes.ConvertAll(c => c.Row)).Prepend(first).DistinctBy(r => r.Time)];
        BareCurve Curve(List<EquityRow> rows, Func<EquityRow, double> value) =>
            new(rows.ConvertAll(r => r.Time), rows.ConvertAll(r => value(r)));
        return (Curve(closes, r => Worth(r.Time)), Curve(met, r => Worth(r.Time)), Curve(met, r => r.Equity));
    }
}
