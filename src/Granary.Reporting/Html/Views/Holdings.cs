using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>Position of the portfolio in one symbol over time, as fractions of its equity.</summary>
/// <param name="Net">Longs less shorts, at each of the times.</param>
/// <param name="Gross">Longs and shorts together.</param>
/// <param name="Profit">Profit of its trades, net of commission, with open trades at their marks; account currency.</param>
internal sealed record Holding(string Symbol, double[] Net, double[] Gross, double Profit)
{
    public double AverageGross => Gross.Average();

    public double MostGross => Gross.Max();

    public double TimeHeld => Gross.Count(g => g > 0) / (double)Gross.Length;
}

/// <summary>The portfolio's positions by symbol at the ends of days (hours in short runs), with the run's valuations.</summary>
internal sealed class Holdings
{
    private Holdings(long[] times, IReadOnlyList<Holding> symbols) => (Times, Symbols) = (times, symbols);

    /// <summary>The times of the rows, UTC ticks.</summary>
    public long[] Times { get; }

    /// <summary>Sorted by average gross exposure, largest first.</summary>
    public IReadOnlyList<Holding> Symbols { get; }

    public static Holdings Of(RunModel model, IRunEvents events)
    {
        var (rows, held) = (model.Closes, new Dictionary<string, Holding>(StringComparer.Ordinal));
        for (var i = 0; i < model.Held.Count; i++)
        {
            foreach (var (symbol, net, gross) in model.Held[i])
            {
                if (!held.TryGetValue(symbol, out var holding))
                    held[symbol] = holding = new Holding(symbol, new double[rows.Count], new double[rows.Count], 0);
                if (!(rows[i].Equity > 0)) continue;
                (holding.Net[i], holding.Gross[i]) = (net / rows[i].Equity, gross / rows[i].Equity);
            }
        }
        var profits = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (member, trade, _) in events.PortfolioTrades())
        {
            var symbol = model.Strategies[member].SymbolOf(trade);
            profits[symbol] = profits.GetValueOrDefault(symbol) + trade.NetProfit;
        }
        return new Holdings([.. rows.Select(r => r.Time)], [.. held.Values
            .Select(h => h with { Profit = profits.GetValueOrDefault(h.Symbol) })
            .OrderByDescending(h => h.AverageGross).ThenBy(h => h.Symbol, StringComparer.Ordinal)]);
    }
}
