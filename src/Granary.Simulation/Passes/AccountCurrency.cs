using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Checks that the amounts of an account are in its currency, or that there are rates for them.</summary>
internal static class AccountCurrency
{
    /// <summary>Checks the markets that a batch trades, and its benchmark.</summary>
    /// <param name="benchmark">The benchmark if it is none of the markets; null if there is none.</param>
    /// <param name="hasBars">Whether the bars are there, so that the times of the rates can be checked.</param>
    /// <exception cref="InputException">A currency or a rate is missing or ambiguous; one sentence.</exception>
    public static async Task CheckAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Instrument? benchmark,
        bool hasBars, CancellationToken cancellationToken)
    {
        var data = plan.Spec.Data;
        List<(string Name, Instrument Instrument)> counted = [.. SymbolsOf(plan, markets).Select(s => (s, markets[s].Instrument))];
        if (benchmark is not null) counted.Add(($"the benchmark {benchmark.Symbol}", benchmark));
        if (data.AccountCurrency is not { } account)
        {
            if (CurrencyUnit.Different(counted.Select(c => (c.Name, SymbolCurrency.Of(data, c.Instrument).Currency))) is not { } different)
                return;
            throw (data.InstrumentsPart ?? data.Place).Fault($"the markets have several currencies ({different}); write the account's as "
                + "\"account\": { \"currency\": \"EUR\" } and the exchange rates as \"data\": { \"fx\": \"csv:rates\" }, or use bars in "
                + "one currency (where 'currency' in 'instruments' is missing, it is that of the source, else what the name shows, as "
                + "USDJPY and 7203.T show JPY, else USD)");
        }
        foreach (var (name, instrument) in counted)
        {
            CheckReading(data, name, instrument);
            CheckInterest(plan.Spec, name, instrument);
            if (CurrencyUnit.Of(instrument.Currency) == CurrencyUnit.Of(account)) continue;
            if (!instrument.Rates.IsForeign) throw await MissingAsync(plan.Spec, name, instrument.Currency, account, cancellationToken);
        }
        if (!hasBars) return;
        if (plan.Spec.Execution.Settings.Interest is { } interest)
            foreach (var (name, _) in counted)
                if (markets.TryGetValue(name, out var market)
                    && await FirstBarAsync(market, data.From ?? long.MinValue, cancellationToken) is { } bar
                    && InterestFault(interest, bar) is { } late)
                    throw data.Place.Fault($"{late}; give earlier rates, or a later data.from");
        // A session looks at the age of its rates while it trades.
        if (data.Taken is not null) return;
        foreach (var (name, instrument) in counted)
            if (instrument.Rates.IsForeign && markets.TryGetValue(name, out var market))
                await CheckTimesAsync(plan, market, cancellationToken);
    }

    private static void CheckInterest(BatchSpec spec, string name, Instrument instrument)
    {
        if (spec.Execution.Settings.Interest is not { } interest || interest.Of(instrument.Currency) is not null) return;
        var currency = CurrencyUnit.Whole(CurrencyUnit.Of(instrument.Currency)).Currency;
        throw spec.Data.Place.Fault($"{name} is in {currency}, and account.interest has no rate for it; add it there, as \"{currency}\": "
            + "{ \"referencePercent\": 2 }");
    }

    /// <summary>Checks that a session whose bars begin at a time has the reference rates of its interest.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <exception cref="InputException">The first rate of a currency is later.</exception>
    public static void CheckInterest(BatchSpec spec, long time)
    {
        if (spec.Execution.Settings.Interest is { } interest
            && InterestFault(interest, Math.Max(time, spec.Data.From ?? long.MinValue)) is { } late)
            throw spec.Data.Place.Fault($"{late}; give earlier rates");
    }

    // Says which currency has no reference rate in the night after a time; null if all have.
    private static string? InterestFault(InterestSettings interest, long time)
    {
        foreach (var (currency, terms) in interest.ByCurrency)
            if (double.IsNaN(terms.Reference.OfNight(time / TimeSpan.TicksPerDay)))
                return $"the first rate of {currency} in account.interest is of {Text(terms.Reference.First)}, after the first night of the "
                    + $"account at {Text(time)}";
        return null;
    }

    // A name can show a pair and an exchange, or something else than its source says.
    private static void CheckReading(DataSpec data, string name, Instrument instrument)
    {
        var own = data.Of(instrument.Symbol);
        if (own.InstrumentOf(instrument.Symbol)?.Currency is not null
            || QuoteCurrency.Of(instrument.Symbol) is not { } shown) return;
        var other = CurrencyUnit.Of(shown) != CurrencyUnit.Of(instrument.Currency) ? shown : QuoteCurrency.OtherReading(instrument.Symbol);
        if (other is null) return;
        throw (own.InstrumentsPart ?? own.Place).Fault($"{name} can be in {instrument.Currency} or in {other}; say which, as "
            + $"\"instruments\": {{ \"{instrument.Symbol}\": {{ \"currency\": \"{instrument.Currency}\" }} }}");
    }

    // Null if the market has no bar from then on.
    private static async Task<long?> FirstBarAsync(OpenedMarket market, long from, CancellationToken cancellationToken)
    {
        await foreach (var block in market.Series.ReadAsync(cancellationToken: cancellationToken))
            if (block.Time[^1] >= from) return Math.Max(from, block.Time[0]);
        return null;
    }

    private static async Task<InputException> MissingAsync(BatchSpec spec, string name, string currency, string account,
        CancellationToken cancellationToken)
    {
        var data = spec.Data;
        if (data.Fx is null)
            return data.Place.Fault($"{name} is in {currency} and the account in {account}; name the exchange rates as \"fx\": "
                + "\"csv:DIR\", a folder with bars such as EURUSD, or a table of rates");
        var list = await new DeclaredCurrencies(data, account, spec.Catalogues).ListAsync(cancellationToken);
        return (data.FxPlace ?? data.Place).Fault($"there is no rate from {currency} ({name}) to {account}, neither directly nor over one "
            + $"other currency: {list}; add {currency}{account}");
    }

    private static async Task CheckTimesAsync(BatchPlan plan, OpenedMarket market, CancellationToken cancellationToken)
    {
        var (rates, from) = (market.Instrument.Rates, plan.Spec.Data.From ?? long.MinValue);
        await foreach (var block in market.Series.ReadAsync(cancellationToken: cancellationToken))
            for (var i = 0; i < block.Count; i++)
            {
                if (block.Time[i] < from) continue;
                var close = market.Series.Timeframe.CloseOf(block.Time[i]);
                if ((rates.FaultAt(block.Time[i]) ?? rates.FaultAt(close)) is not { } fault) continue;
                throw (plan.Spec.Data.FxPlace ?? plan.Spec.Data.Place)
                    .Fault(Sentence(plan.Spec.Data, market.Instrument, block.Time[i], fault));
            }
    }

    /// <summary>Says why there is no rate for a bar.</summary>
    /// <param name="bar">Its open, UTC ticks.</param>
    public static string Sentence(DataSpec data, Instrument instrument, long bar, (long Time, bool IsFirst) fault)
    {
        var (pair, at) = ($"{instrument.Currency} in {data.AccountCurrency}", Text(bar));
        return fault is { IsFirst: true, Time: long.MaxValue } ? $"no rate of {pair} is known at the bar of {instrument.Symbol} at {at}; "
                + "give earlier rates, or a later data.from"
            : fault.IsFirst ? $"the first rate of {pair} is known at {Text(fault.Time)}, after the bar of {instrument.Symbol} at {at}; "
                + "give earlier rates, or a later data.from"
            : $"the last rate of {pair} before the bar of {instrument.Symbol} at {at} is of {Text(fault.Time)}, older than maxAge "
                + $"({data.Fx!.MaxAge.TotalDays:0.##}d); give the rates between, or a longer maxAge";
    }

    private static string Text(long time) => new DateTime(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    // Symbols that only factors refer to are not part of an account.
    private static IEnumerable<string> SymbolsOf(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        var benchmark = plan.Spec.Benchmark?.String();
        return benchmark == BenchmarkCurve.Own ? markets.Keys.Order(StringComparer.Ordinal)
            : plan.Instances.SelectMany(i => i.Symbols).Concat(benchmark is not null && markets.ContainsKey(benchmark) ? [benchmark] : [])
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }
}
