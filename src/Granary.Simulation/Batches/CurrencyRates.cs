using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>
/// The exchange rates of a batch. The rate of a bar is its close, known when the bar closes; that of a table is known from its time on. A
/// rate of two currencies is quoted, or is the inverse of a quoted one, or leads over one other currency.
/// </summary>
/// <param name="data">Without exchange rates only parts of one currency are known, as pence of a pound.</param>
/// <param name="catalogues">The sources and formats of tables that the process knows.</param>
internal sealed class CurrencyRates(DataSpec data, GranaryCatalogues catalogues) : ICurrencyRates
{
    // Over which currencies rates are computed, in this order; then by name.
    private static readonly string[] s_pivots = ["USD", "EUR", "GBP", "JPY", "CHF"];

    private readonly FxSource _fx = data.Fx ?? new FxSource { Source = data.Source };
    private readonly ConcurrentDictionary<string, Lazy<Task<RateSeries>>> _read = new(StringComparer.Ordinal);
    private Task<IReadOnlyDictionary<(string Base, string Quote), string>>? _pairs;
    private IReadOnlyDictionary<string, RateSeries> _table = new Dictionary<string, RateSeries>();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The timeframe of the rates' bars.</summary>
    public Timeframe Timeframe => _fx.Timeframe ?? data.Timeframe;

    /// <inheritdoc/>
    public async Task<RateSeries?> OfAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (await RouteAsync(from, to, cancellationToken) is not { } route) return null;
        if (route.Constant is { } constant) return constant;
        RateSeries? found = null;
        foreach (var (pair, isInverse) in route.Legs)
        {
            var leg = await ReadAsync(pair, cancellationToken: cancellationToken);
            if (isInverse) leg = leg.Inverse();
            found = found is null ? leg : found.Over(leg);
        }
        return route.Part == 1 ? found : found!.Of(route.Part);
    }

    /// <summary>Returns the pairs that lead from a currency to another one.</summary>
    /// <returns>Null if the rates do not lead from the one to the other.</returns>
    /// <inheritdoc cref="OfAsync"/>
    public async Task<RateRoute?> RouteAsync(string from, string to, CancellationToken cancellationToken)
    {
        var ((source, part), (target, unit)) = (CurrencyUnit.Whole(CurrencyUnit.Of(from)), CurrencyUnit.Whole(CurrencyUnit.Of(to)));
        if (source == target) return new RateRoute([], part / unit);
        var pairs = await PairsAsync(cancellationToken);
        List<(string, bool)>? legs = null;
        if (LegOf(pairs, source, target) is { } direct) legs = [direct];
        else
            foreach (var pivot in pairs.Keys.SelectMany(p => (string[])[p.Base, p.Quote]).Distinct(StringComparer.Ordinal)
                .OrderBy(p => Array.IndexOf(s_pivots, p) is >= 0 and var at ? at : s_pivots.Length).ThenBy(p => p, StringComparer.Ordinal))
                if (LegOf(pairs, source, pivot) is { } first && LegOf(pairs, pivot, target) is { } second)
                {
                    legs = [first, second];
                    break;
                }
        return legs is null ? null : new RateRoute(legs, part == unit ? 1 : part / unit);
    }

    /// <inheritdoc/>
    public async Task<string> ListAsync(CancellationToken cancellationToken) =>
        string.Join(", ", (await PairsAsync(cancellationToken)).Values.Order(StringComparer.Ordinal).Take(8)) is { Length: > 0 } names
            ? $"it has {names}" : "none of its names is a pair of currencies";

    private static (string Pair, bool IsInverse)? LegOf(IReadOnlyDictionary<(string, string), string> pairs, string a, string b) =>
        pairs.TryGetValue((a, b), out var pair) ? (pair, false) : pairs.TryGetValue((b, a), out var inverse) ? (inverse, true) : null;

    private async Task<IReadOnlyDictionary<(string Base, string Quote), string>> PairsAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await (_pairs ??= ListPairsAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyDictionary<(string Base, string Quote), string>> ListPairsAsync(CancellationToken cancellationToken)
    {
        IEnumerable<string> names;
        if (_fx.Source.Scheme == Address.Plain)
        {
            _table = FxTable.Read(_fx.Source, catalogues.Tables, data.Holdout, _fx.MaxAge.Ticks);
            names = _table.Keys;
        }
        else names = await UsingAsync(source => source.ListSymbolsAsync(Timeframe, cancellationToken).AsTask());
        var pairs = new Dictionary<(string, string), string>();
        foreach (var name in names.Order(StringComparer.Ordinal))
            if (QuoteCurrency.PairOf(name) is { } pair)
                pairs.TryAdd((CurrencyUnit.Of(pair.Base), CurrencyUnit.Of(pair.Quote)), name);
        return pairs;
    }

    /// <summary>Reads the rates of a pair.</summary>
    /// <param name="pair">Its name in the source.</param>
    /// <param name="from">The open of the first bar that is needed, UTC ticks, of bars that are read again; null = all are.</param>
    /// <inheritdoc cref="OfAsync"/>
    public async Task<RateSeries> ReadAsync(string pair, long? from = null, CancellationToken cancellationToken = default)
    {
        Task<RateSeries> BarsAsync() => UsingAsync(s => ReadAsync(s, pair, from, cancellationToken));
        if (_fx.Source.Scheme != Address.Plain)
            return await (from is null ? _read.GetOrAdd(pair, _ => new Lazy<Task<RateSeries>>(BarsAsync)).Value : BarsAsync());
        await PairsAsync(cancellationToken);
        return _table.GetValueOrDefault(pair)
            ?? throw new BarDataException($"{_fx.Source} has no rates of {pair} any more; put them back");
    }

    private async Task<T> UsingAsync<T>(Func<IBarSource, Task<T>> read)
    {
        var source = catalogues.Sources.Open(_fx.Source, new BarFileOptions { Format = _fx.Format });
        try
        {
            return await read(source);
        }
        finally
        {
            if (source is IAsyncDisposable opened) await opened.DisposeAsync();
        }
    }

    private async Task<RateSeries> ReadAsync(IBarSource source, string name, long? from, CancellationToken cancellationToken)
    {
        await using var bars = await source.OpenAsync(new BarQuery(name, Timeframe, from, null), cancellationToken);
        var (times, rates, spacing) = (new List<long>(), new List<double>(), new BarSpacing(Timeframe));
        await foreach (var block in bars.ReadAsync(cancellationToken: cancellationToken))
        {
            spacing.Add(block.Time);
            for (var i = 0; i < block.Count; i++)
            {
                var known = Timeframe.CloseOf(block.Time[i]);
                if (known > (data.Holdout ?? long.MaxValue)) continue;
                times.Add(known);
                rates.Add(block.Close[i]);
            }
        }
        if (spacing.OtherTimeframe is { } actual)
            throw new BarDataException($"most bars of the rate {name} are {spacing.Other} apart, not {Timeframe}; write \"fx\": {{ "
                + $"\"source\": \"{_fx.Source}\", \"timeframe\": \"{actual}\" }}");
        if (times.Count == 0 && from is null)
            throw new BarDataException($"the rate {name} of '{_fx.Source}' has no bars; give a source with bars");
        return Series(times, rates, _fx.MaxAge.Ticks);
    }

    /// <summary>The series of rates that are known at times.</summary>
    internal static RateSeries Series(List<long> times, List<double> rates, long maxAge)
    {
        long[] known = [.. times];
        double[] values = [.. rates];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<long>(known));
        hash.AppendData(MemoryMarshal.AsBytes<double>(values));
        return new RateSeries(known, values, known, maxAge, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
