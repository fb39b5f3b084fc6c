using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// The bars of a symbol up to its delisting, and then one bar at the price of the delisting. Bars that follow in the source are left out.
/// </summary>
internal sealed class SeriesDelisted : SeriesWrapper
{
    // A longer halt before the delisting is said.
    private static readonly TimeSpan s_longHalt = TimeSpan.FromDays(10);

    // A total loss: prices are above zero.
    private const double LeastPrice = 1e-9;

    private readonly Func<Instrument, Instrument> _settings;
    private readonly long _at;
    // NaN if there is no bar of the delisting.
    private readonly double _price;

    private SeriesDelisted(IBarSeries before, Func<Instrument, Instrument> settings, long at, double price, string? note)
        : base(before, disposes: true)
    {
        (_settings, _at, _price) = (settings, at, price);
        Notes = note is null ? before.Notes : [.. before.Notes, note];
        ContentHash = double.IsNaN(price) ? before.ContentHash
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{before.ContentHash} {at} {price:R}"))));
    }

    /// <exception cref="BarDataException">No bar of the range is before the delisting; one sentence.</exception>
    public static async ValueTask<IBarSeries> OpenAsync(IBarSource source, BarQuery query, InstrumentKeys keys, long delisted,
        CancellationToken cancellationToken)
    {
        var calendar = keys.Session ?? SessionCalendar.Continuous;
        // The first time at or after it at which the market trades.
        var time = calendar.NextOpen(delisted);
        var at = query.Timeframe.Floor(query.Timeframe.IsIntraday ? time : calendar.LocalDay(time) * TimeSpan.TicksPerDay);
        if (query.From >= at) throw NoBars(query, delisted);
        var before = await source.OpenAsync(query with { To = Math.Min(at, query.To ?? at) }, cancellationToken);
        Func<Instrument, Instrument> settings = i => keys.Apply(i) with { DelistedAt = at };
        // The bars of a session come later, and with them that of the delisting.
        if (before.Count == 0) return new SeriesWithInstrument(before, settings);
        var (last, close) = await LastAsync(before, cancellationToken);
        // The bars that a session has taken have that of the delisting.
        if (last >= at) return new SeriesWithInstrument(before, settings);
        if (!query.Wants(at)) return new SeriesDelisted(before, settings, at, double.NaN, null);
        var price = keys.DelistingPrice ?? Math.Max(close * (1 + (keys.DelistingReturn ?? 0)), LeastPrice);
        return new SeriesDelisted(before, settings, at, price, string.Create(CultureInfo.InvariantCulture,
            $"it was delisted at {UtcTicks.Text(at)}, and positions in it are closed at {Digits.Text(price, null)}")
            + (at - last > s_longHalt.Ticks ? $"; its bars end {(at - last) / TimeSpan.TicksPerDay} days before" : ""));
    }

    private static BarDataException NoBars(BarQuery query, long delisted) => new($"{query.Symbol} was delisted at "
        + $"{UtcTicks.Text(delisted)}, and the batch reads no bar of it before; correct 'delisted', or leave the symbol out");

    private static async Task<(long Time, double Close)> LastAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        var last = default(Bar);
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken)) last = block[^1];
        return (last.Time, last.Close);
    }

    public override Instrument Instrument => _settings(base.Instrument);

    public override long Count => base.Count + (double.IsNaN(_price) ? 0 : 1);

    public override string ContentHash { get; }

    public override IReadOnlyList<string> Notes { get; }

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var count = 0L;
        await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken))
        {
            count += block.Count;
            yield return block;
        }
        if (double.IsNaN(_price)) yield break;
        yield return BarBlock.FromBars(count, [new Bar(_at, _price, _price, _price, _price, 0)
        {
            Further = Columns.Count == 0 ? null : new FurtherValues(Columns, [.. Columns.Select(_ => double.NaN)]),
        }]);
    }
}
