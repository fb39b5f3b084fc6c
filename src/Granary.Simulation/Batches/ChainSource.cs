using System.Globalization;
using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;

namespace Granary.Simulation.Batches;

/// <summary>
/// Makes a symbol of the contracts of each chain that a batch declares. The contracts are no symbols of their own then. Other symbols are
/// those of the source.
/// </summary>
internal sealed class ChainSource : IBarSource
{
    // The contracts without slower series, whose rows are those of the chain's symbol.
    private readonly IBarSource _contracts;
    // The bars of symbols that are no chains, as they are read without chains.
    private readonly Lazy<IBarSource> _others;
    private readonly DataSpec _data;
    private readonly IReadOnlyDictionary<string, ChainContracts> _chains;

    private ChainSource(DataSpec data, GranaryCatalogues catalogues, Func<DataSpec, IBarSource> open)
    {
        (_contracts, _others, _data) = (open(data.OfContracts()), new Lazy<IBarSource>(() => open(data)), data);
        _chains = data.Instruments.Where(i => i.Value.Chain is not null).ToDictionary(i => i.Key,
            i => new ChainContracts(i.Key, i.Value.Chain!, catalogues.Tables), StringComparer.Ordinal);
    }

    /// <summary>Wraps a source; returns the source itself if the batch has no chain.</summary>
    /// <param name="open">Opens the source of the data, without bars that are held out.</param>
    public static IBarSource Of(DataSpec data, GranaryCatalogues catalogues, Func<DataSpec, IBarSource> open) =>
        data.Instruments.Values.All(i => i.Chain is null) ? open(data)
            : new ChainSource(data, catalogues, open);

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default)
    {
        var all = await _contracts.ListSymbolsAsync(timeframe, cancellationToken);
        var symbols = new SortedSet<string>(all, StringComparer.Ordinal);
        foreach (var chain in _chains.Values) symbols.ExceptWith(chain.Among(all).Contracts);
        foreach (var (symbol, chain) in _chains)
            if (chain.Among(all).Contracts.Count > 0)
                symbols.Add(symbol);
        return [.. symbols];
    }

    public IReadOnlyList<string> PassedOver => _contracts.PassedOver;

    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (!_chains.TryGetValue(query.Symbol, out var chain)) return await _others.Value.ListColumnsAsync(query, cancellationToken);
        var (contracts, _) = await ContractsAsync(query, chain, cancellationToken);
        return [.. await _contracts.ListColumnsAsync(query with { Symbol = contracts[0] }, cancellationToken),
            .. _data.Asof.SelectMany(a => a.Names)];
    }

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        if (!_chains.TryGetValue(query.Symbol, out var chain)) return await _others.Value.OpenAsync(query, cancellationToken);
        if (_data.Asof.Count == 0) return await OpenChainAsync(query, chain, cancellationToken);
        return await FurtherSource.Of(new Opened(this, chain), [], _data.Asof, _data.Tables).OpenAsync(query, cancellationToken);
    }

    // The chain as a source, to which slower series are joined.
    private sealed class Opened(ChainSource owner, ChainContracts chain) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            owner.ListSymbolsAsync(timeframe, cancellationToken);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
            owner.OpenChainAsync(query, chain, cancellationToken);
    }

    private async ValueTask<(IReadOnlyList<string> Contracts, IReadOnlyList<string> Others)> ContractsAsync(BarQuery query,
        ChainContracts chain, CancellationToken cancellationToken)
    {
        var symbols = await _contracts.ListSymbolsAsync(query.Timeframe, cancellationToken);
        var (contracts, others) = chain.Among(symbols);
        if (contracts.Count > 0) return (contracts, others);
        throw new BarDataException($"the source has no {query.Timeframe} bars of a contract of {query.Symbol}: none of its symbols is "
            + $"{string.Join(" or ", chain.Keys.Contracts)} with a month and a year"
            + (chain.Keys.Months is { } months ? $" of {months}" : "")
            + (symbols.Count > 0 ? $"; it has {string.Join(", ", symbols.Take(5))}{(symbols.Count > 5 ? ", …" : "")}"
                : "; check data.source and data.timeframe"));
    }

    private async ValueTask<IBarSeries> OpenChainAsync(BarQuery query, ChainContracts chain, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(query, chain, cancellationToken);
        try
        {
            Check(read.Plan, query, chain);
            return new SeriesOfChain(InstrumentOf(query.Symbol, chain, read), read.Plan, read.Series, query, [.. query.Columns])
            {
                Notes = [.. NotesOf(chain, read),
                    .. read.Contracts.Zip(read.Series).SelectMany(c => c.Second.Notes.Select(n => $"{c.First.Name}: {n}"))],
            };
        }
        catch
        {
            await read.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads all contracts of a chain, for a check of it.</summary>
    /// <exception cref="BarDataException">The bars are invalid, or the symbol is no chain.</exception>
    public ValueTask<ReadChain> ReadAsync(BarQuery query, CancellationToken cancellationToken) =>
        ReadAsync(query, _chains[query.Symbol], cancellationToken);

    private async ValueTask<ReadChain> ReadAsync(BarQuery query, ChainContracts chain, CancellationToken cancellationToken)
    {
        var (names, others) = await ContractsAsync(query, chain, cancellationToken);
        var interest = chain.Rule.By == RollBy.OpenInterest ? await OpenInterestAsync(query, names[^1], cancellationToken) : null;
        var opened = await OpenContractsAsync(query, names, interest, cancellationToken);
        try
        {
            if (_data.IsOfSession && chain.FirstWithoutExpiry([.. opened.Keys]) is { } unknown)
                throw new BarDataException($"a session has to know when {unknown} expires before it does; give the chain of {query.Symbol} a "
                    + "table of expiries, run the backtest again, and trade its prod.json");
            var lastBars = chain.NeedsLastBars([.. opened.Keys]) ? await LastBarsAsync(query, opened, cancellationToken) : null;
            var (contracts, byLastBar) = chain.Ordered([.. opened.Keys], lastBars);
            List<IBarSeries> series = [.. contracts.Select(c => opened[c.Name])];
            var days = DaysOf(query);
            var plan = await ChainPlan.MakeAsync(new ChainAssembler(contracts, chain.Rule, chain.Keys.Depth, days), series, query, interest,
                cancellationToken);
            return new ReadChain(contracts, series, plan) { Rule = chain.Rule, Days = days, ByLastBar = byLastBar, Others = others };
        }
        catch
        {
            foreach (var contract in opened.Values) await contract.DisposeAsync();
            throw;
        }
    }

    private ChainDays DaysOf(BarQuery query) =>
        new(_data.InstrumentOf(query.Symbol)?.Session ?? SessionCalendar.Continuous, query.Timeframe);

    // All bars before the range count, so a chain has the same contract on a day in each range.
    private async Task<SortedDictionary<string, IBarSeries>> OpenContractsAsync(BarQuery query, IReadOnlyList<string> names,
        string? openInterest, CancellationToken cancellationToken)
    {
        var opened = new SortedDictionary<string, IBarSeries>(StringComparer.Ordinal);
        var columns = openInterest is null ? query.Columns : [.. query.Columns.Union([openInterest], StringComparer.Ordinal)];
        BarDataException? first = null;
        try
        {
            foreach (var name in names)
            {
                var own = query with { Symbol = name, From = null, Columns = columns };
                try
                {
                    opened[name] = await _contracts.OpenAsync(own, cancellationToken);
                }
                catch (BarDataException e) when (e.Line is null && (query.To is not null || _data.Holdout is not null))
                {
                    // A contract that begins after the range is opened later. Any other fault remains without the range.
                    first ??= e;
                    if (_data.Holdout is null) await (await _contracts.OpenAsync(own with { To = null }, cancellationToken)).DisposeAsync();
                }
            }
            return opened.Count > 0 ? opened : throw first!;
        }
        catch
        {
            foreach (var contract in opened.Values) await contract.DisposeAsync();
            throw;
        }
    }

    private async Task<string> OpenInterestAsync(BarQuery query, string contract, CancellationToken cancellationToken)
    {
        var columns = await _contracts.ListColumnsAsync(query with { Symbol = contract }, cancellationToken);
        return columns.FirstOrDefault(OpenInterestColumn.IsName)
            ?? throw new BarDataException($"the bars of {contract} have no column of open interest; "
                + (columns.Count > 0 ? $"they have {string.Join(", ", columns.Take(10))}; call it open_interest" : "add a column open_interest")
                + ", or roll by volume");
    }

    private async Task<IReadOnlyDictionary<string, DateOnly>> LastBarsAsync(BarQuery query, SortedDictionary<string, IBarSeries> opened,
        CancellationToken cancellationToken)
    {
        var (days, last) = (DaysOf(query), new Dictionary<string, DateOnly>(StringComparer.Ordinal));
        foreach (var (name, series) in opened)
            await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken))
                last[name] = days.Of(block.Time[^1]);
        return last;
    }

    private static void Check(ChainPlan plan, BarQuery query, ChainContracts chain)
    {
        if (plan.Stretches.All(s => s.Count == 0))
            throw new BarDataException($"the chain {query.Symbol} has no bars{BarRange(query)}; "
                + (chain.Keys.Depth > 1 && plan.Stretches.Count == 0
                    ? $"its source never has {chain.Keys.Depth} contracts at once: name a smaller depth"
                    : "correct data.from and data.to"));
        if (chain.Keys.Adjust != PriceAdjustment.Ratio) return;
        foreach (var change in plan.Changes)
            if (change.Kind == ListingChangeKind.Roll && !(change is { OldPrice: > 0, NewPrice: > 0 }))
                throw new BarDataException(string.Create(CultureInfo.InvariantCulture,
                    $"the chain {query.Symbol} rolls on {Day(change)} from {change.From} at {change.OldPrice} to {change.To} at {change.NewPrice}, ")
                    + "and a ratio needs prices above zero; write \"adjust\": \"difference\"");
    }

    private static string BarRange(BarQuery query) => query switch
    {
        { From: { } from, To: { } to } => $" from {Json.UtcTicks.Text(from)} to {Json.UtcTicks.Text(to)}",
        { From: { } from } => $" from {Json.UtcTicks.Text(from)}",
        { To: { } to } => $" before {Json.UtcTicks.Text(to)}",
        _ => "",
    };

    private static string Day(ListingChange change) => $"{new DateTime(change.Time):yyyy-MM-dd}";

    private static Instrument InstrumentOf(string symbol, ChainContracts chain, ReadChain read)
    {
        var decimals = read.Plan.Stretches.Select(s => read.Series[s.Contract].Instrument.PriceDecimals).ToList();
        var first = read.Plan.Stretches[0].Contract;
        return read.Series[first].Instrument with
        {
            Symbol = symbol,
            PriceDecimals = decimals.Contains(-1) ? -1 : decimals.Max(),
            Adjust = chain.Keys.Adjust,
            Changes = new ListingChanges(read.Contracts[first].Name, read.Plan.Changes),
        };
    }

    private static IEnumerable<string> NotesOf(ChainContracts chain, ReadChain read)
    {
        var held = read.Plan.Stretches.Select(s => read.Contracts[s.Contract].Name).ToList();
        yield return string.Create(CultureInfo.InvariantCulture, $"it is a chain of {read.Contracts.Count} contracts, of which it "
            + $"holds {held.Count}, {held[0]} to {held[^1]}, with {read.Plan.Changes.Count(c => c.Kind == ListingChangeKind.Roll)} rolls");
        if (read.ByLastBar.Count > 0)
            yield return $"the expiry of {Some(read.ByLastBar)} was taken from the last bar, which was not known before it; a table of "
                + "expiries says it in time";
        if (read.Plan.Uncompared.Count > 0)
            yield return $"{Some(read.Plan.Uncompared)} had no open interest to compare on at least one day as the first contract; until "
                + "there is one, the chain rolls on the trading day before the expiry";
        if (read.Others.Count > 0)
            yield return $"{Some(read.Others)} {(read.Others.Count == 1 ? "is" : "are")} no contract of it: the name has no month and "
                + $"year behind {string.Join(" or ", chain.Keys.Contracts)}";
        foreach (var change in read.Plan.Changes)
            if (change is { Kind: ListingChangeKind.End, To.Length: > 0 })
                yield return string.Create(CultureInfo.InvariantCulture, $"{change.From} and {change.To} have no common bar after the roll was "
                    + $"due, so positions are settled at {change.OldPrice} on {Day(change)}");
    }

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
