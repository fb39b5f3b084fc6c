using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>What the portfolio held of one symbol over time, as fractions of its equity.</summary>
/// <param name="Net">Longs less shorts, at each of the times.</param>
/// <param name="Gross">Longs and shorts together.</param>
/// <param name="Profit">Of its trades, net of commission, open ones at their marks; account currency.</param>
internal sealed record Holding(string Symbol, double[] Net, double[] Gross, double Profit)
{
    public double AverageGross => Gross.Average();

    public double MostGross => Gross.Max();

    public double TimeHeld => Gross.Count(g => g > 0) / (double)Gross.Length;
}

/// <summary>The portfolio's positions by symbol at the ends of days (hours in short runs), from its trades and the bars' closes.</summary>
internal sealed class Holdings
{
    // A symbol's bars are read once and dropped; longer series are read in coarser bars.
    private const int MostBars = 1_000_000;

    private Holdings(long[] times, IReadOnlyList<Holding> symbols) => (Times, Symbols) = (times, symbols);

    /// <summary>UTC ticks of the rows.</summary>
    public long[] Times { get; }

    /// <summary>By average gross exposure, largest first.</summary>
    public IReadOnlyList<Holding> Symbols { get; }

    public static Holdings Of(RunModel model, IRunEvents events, IReadOnlyList<EquityRow> rows)
    {
        var trades = new SortedDictionary<string, List<Trade>>(StringComparer.Ordinal);
        foreach (var (member, trade, _) in events.PortfolioTrades())
        {
            var symbol = model.Strategies[member].SymbolOf(trade);
            if (!trades.TryGetValue(symbol, out var list)) trades.Add(symbol, list = []);
            list.Add(trade);
        }
        var held = new List<Holding>();
        foreach (var (symbol, list) in trades)
            if (model.Markets.FirstOrDefault(m => m.Symbol == symbol) is { } market)
                held.Add(OfSymbol(market, list, rows, events.Bars(symbol, market.Timeframe, MostBars)));
        return new Holdings([.. rows.Select(r => r.Time)], [.. held.OrderByDescending(h => h.AverageGross).ThenBy(h => h.Symbol,
            StringComparer.Ordinal)]);
    }

    // A trade is held at the close of its entry's bar, and no longer at the close of its exit's.
    private static Holding OfSymbol(MarketEntry market, List<Trade> trades, IReadOnlyList<EquityRow> rows, IReadOnlyList<Bar> bars)
    {
        var (net, gross) = (new double[rows.Count], new double[rows.Count]);
        var entries = trades.OrderBy(t => t.EntryTime).ToArray();
        var open = new List<Trade>();
        var (next, bar) = (0, -1);
        for (var i = 0; i < rows.Count; i++)
        {
            var time = rows[i].Time;
            while (next < entries.Length && entries[next].EntryTime <= time) open.Add(entries[next++]);
            open.RemoveAll(t => t.Reason != ExitReason.Open && t.ExitTime <= time);
            while (bar + 1 < bars.Count && bars[bar + 1].Time <= time) bar++;
            if (open.Count == 0 || bar < 0 || !(rows[i].Equity > 0)) continue;
            foreach (var t in open)
            {
                var value = t.Quantity * bars[bar].Close * market.Multiplier / rows[i].Equity;
                net[i] += (int)t.Side * value;
                gross[i] += value;
            }
        }
        return new Holding(market.Symbol, net, gross, trades.Sum(t => t.NetProfit));
    }
}
