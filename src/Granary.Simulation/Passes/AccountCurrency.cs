using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Checks that the amounts of an account are in one currency, since no exchange rate is applied to them.
/// </summary>
internal static class AccountCurrency
{
    // The currency of instruments whose source names none.
    private static readonly string Unnamed = new Instrument { Symbol = "" }.Currency;

    /// <summary>Checks the markets that a batch trades, and its benchmark.</summary>
    /// <param name="benchmark">The instrument of a benchmark that is none of the markets; null if there is none.</param>
    /// <exception cref="InputException">They have several currencies; one sentence.</exception>
    public static void Check(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Instrument? benchmark)
    {
        var data = plan.Spec.Data;
        List<(string, string)> counted = [.. SymbolsOf(plan, markets).Select(s => (s, Of(data, markets[s].Instrument)))];
        if (benchmark is not null) counted.Add(($"the benchmark {benchmark.Symbol}", Of(data, benchmark)));
        if (CurrencyUnit.Different(counted) is not { } different) return;
        throw (data.InstrumentsPart ?? data.Place).Fault($"the markets have several currencies ({different}), and no exchange rate is "
            + "applied to the account; use a batch for each currency, or bars in one currency (where 'currency' in 'instruments' is "
            + "missing, it is that of the source, else what the name shows, as USDJPY and 7203.T show JPY, else USD)");
    }

    /// <summary>
    /// Returns the currency of an instrument: the batch's; else the source's; else, where the source names none, what the name shows.
    /// </summary>
    public static string Of(DataSpec data, Instrument instrument)
    {
        var symbol = instrument.Symbol;
        InstrumentKeys? In(DataSpec of) => of.Instruments.GetValueOrDefault(symbol) ?? of.Instruments.GetValueOrDefault("*");
        if ((In(data.Of(symbol)) ?? In(data))?.Currency is { } named) return named;
        return instrument.Currency != Unnamed ? instrument.Currency : QuoteCurrency.Of(symbol) ?? Unnamed;
    }

    // Symbols that only factors refer to are not part of an account.
    private static IEnumerable<string> SymbolsOf(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        var benchmark = plan.Spec.Benchmark?.String();
        return benchmark == BenchmarkCurve.Own ? markets.Keys.Order(StringComparer.Ordinal)
            : plan.Instances.SelectMany(i => i.Symbols).Concat(benchmark is not null && markets.ContainsKey(benchmark) ? [benchmark] : [])
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }
}
