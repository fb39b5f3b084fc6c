using System.Runtime.CompilerServices;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Simulation.Columns;

/// <summary>
/// Joins slower series to the bars of a live feed as they arrive. Rows that are appended to a file are taken at the next bar. A row that
/// was used does not change any more, whatever the file says of its time later.
/// </summary>
/// <remarks>
/// Beside each joined column, bars have the stamp of the row in use as <c>NAME.time</c> (milliseconds since 1970). A session that starts
/// again from its journal thereby continues with the same rows.
/// </remarks>
internal sealed class AsofFeed : ILiveFeed
{
    private const string StampName = ".time";

    private readonly ILiveFeed _feed;
    private readonly Func<string, IReadOnlyList<AsofKeys>> _keysOf;
    private readonly TableFormatCatalogue? _formats;
    private readonly Dictionary<AsofKeys, GrowingTable> _tables = [];
    private readonly Dictionary<(string Symbol, string Name), UsedRow> _used = [];
    private readonly HashSet<string> _notes = new(StringComparer.Ordinal);

    private AsofFeed(ILiveFeed feed, Func<string, IReadOnlyList<AsofKeys>> keysOf, TableFormatCatalogue? formats)
    {
        (_feed, _keysOf, _formats) = (feed, keysOf, formats);
        Series = [.. feed.Series.Select(s => s.Columns is { } own ? s with { Columns = [.. own, .. NamesOf(s)] } : s)];
    }

    // The row in use: its stamp in milliseconds, and its value.
    private readonly record struct UsedRow(long Stamp, double Value);

    /// <summary>Wraps a feed; returns the feed itself if no series is joined.</summary>
    /// <param name="keysOf">The slower series of a symbol.</param>
    /// <param name="last">The last bar of each symbol that an earlier session took; null where there is none.</param>
    /// <exception cref="BarDataException">A file is missing, or a row is invalid.</exception>
    public static ILiveFeed Of(ILiveFeed feed, Func<string, IReadOnlyList<AsofKeys>> keysOf, TableFormatCatalogue? formats,
        Func<string, Bar?> last)
    {
        if (feed.Series.All(s => keysOf(s.Instrument.Symbol).Count == 0)) return feed;
        var joined = new AsofFeed(feed, keysOf, formats);
        foreach (var series in feed.Series) joined.Resume(series, last(series.Instrument.Symbol)?.Further);
        return joined;
    }

    /// <inheritdoc/>
    public IReadOnlyList<MarketSeries> Series { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes =>
        [.. _feed.Notes, .. _notes, .. _tables.Values.SelectMany(t => (string?[])[t.Note, t.Fault]).OfType<string>()];

    /// <inheritdoc/>
    public string? Fault => _feed.Fault;

    /// <inheritdoc/>
    public void Seek(long openTime) => _feed.Seek(openTime);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in _feed.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return item.Bars is { } bars ? item with { Bars = Join(Series[item.Series], bars) } : item;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    private IEnumerable<string> NamesOf(MarketSeries series) => _keysOf(series.Instrument.Symbol).SelectMany(k => k.Names);

    private void Resume(MarketSeries series, FurtherValues? last)
    {
        foreach (var keys in _keysOf(series.Instrument.Symbol)) TableOf(keys).Read();
        if (last is null) return;
        foreach (var name in NamesOf(series))
            if (last.Of(name + StampName) is var stamp && !double.IsNaN(stamp))
                _used[(series.Instrument.Symbol, name)] = new UsedRow((long)stamp, last.Of(name));
    }

    private GrowingTable TableOf(AsofKeys keys) =>
        _tables.TryGetValue(keys, out var table) ? table : _tables[keys] = new GrowingTable(keys, _formats);

    private BarBlock Join(MarketSeries series, BarBlock block)
    {
        var symbol = series.Instrument.Symbol;
        var (names, values) = (new List<string>(), new List<double[]>());
        foreach (var keys in _keysOf(symbol))
        {
            var table = TableOf(keys).Read();
            for (var c = 0; c < keys.Columns.Count; c++)
            {
                var (value, stamp) = (new double[block.Count], new double[block.Count]);
                for (var i = 0; i < block.Count; i++)
                {
                    var row = Take((symbol, keys.As + keys.Columns[c]), table.Of(symbol, c), series.Timeframe.CloseOf(block.Time[i]), keys);
                    (value[i], stamp[i]) = row is { } used ? (used.Value, used.Stamp) : (double.NaN, double.NaN);
                }
                names.AddRange([keys.As + keys.Columns[c], keys.As + keys.Columns[c] + StampName]);
                values.AddRange([value, stamp]);
            }
        }
        var joined = new FurtherColumns(names, values);
        return block.With(block.Further is { } own ? own.Concat(joined) : joined);
    }

    // The row that is in use from this close on.
    private UsedRow? Take((string Symbol, string Name) key, IReadOnlyList<AsofRow> rows, long close, AsofKeys keys)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Known <= close) low = middle + 1;
            else high = middle;
        }
        UsedRow? found = low == 0 ? null
            : new UsedRow((rows[low - 1].Stamp - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond, rows[low - 1].Value);
        if (!_used.TryGetValue(key, out var used))
        {
            if (found is { } first) _used[key] = first;
            return found;
        }
        if (found is { } later && later.Stamp > used.Stamp) return _used[key] = later;
        if (found != used)
            _notes.Add($"{keys.File.Written}: a row of {key.Name}{(key.Symbol.Length > 0 ? $" for {key.Symbol}" : "")} was changed after a "
                + "bar had used it; the session keeps the value that it used");
        return used;
    }
}
