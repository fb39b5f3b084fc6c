using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Stores;

/// <summary>Bars to merge into a store, with their origin. They can be read several times.</summary>
public sealed class BarsToStore
{
    private readonly Func<int, IEnumerable<BarColumns>> _read;

    private BarsToStore(string from, string format, Instrument instrument, Timeframe timeframe, bool instrumentIsGiven,
        Func<int, IEnumerable<BarColumns>> read)
    {
        (From, Format, Instrument, Timeframe, InstrumentIsGiven, _read) = (from, format, instrument, timeframe, instrumentIsGiven, read);
    }

    /// <summary>The file or other origin, for results and messages.</summary>
    public string From { get; }

    public string Format { get; }

    public Instrument Instrument { get; }

    public Timeframe Timeframe { get; }

    /// <summary>Whether the user specified the instrument, so it replaces the stored one.</summary>
    public bool InstrumentIsGiven { get; }

    public long Count { get; private init; }

    public long SkippedRows { get; private init; }

    public bool HasAdjustedClose { get; private init; }

    /// <summary>Names of the further columns that the bars have.</summary>
    public IReadOnlyList<string> Further { get; private init; } = [];

    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>SHA-256 of the raw bars if it is known already; otherwise null.</summary>
    internal string? RawHash { get; private init; }

    /// <summary>Whether the bars are in memory, so each reading gives the bars of <see cref="RawHash"/>.</summary>
    internal bool IsInMemory { get; private init; }

    /// <summary>
    /// The unadjusted bars, with the adjusted close if there is one, in pieces of up to <paramref name="size"/> bars.
    /// </summary>
    internal IEnumerable<BarColumns> ReadRaw(int size) => _read(size);

    /// <summary>Refuses bars with an adjusted close for a market without one, and the other way round.</summary>
    /// <param name="storeHasAdjusted">Whether the market that is there has one.</param>
    /// <param name="elsewhere">Alternative destination of the bars, for example "store".</param>
    /// <exception cref="BarDataException">They differ.</exception>
    internal void RequireAdjustedCloseAs(bool storeHasAdjusted, string elsewhere)
    {
        if (storeHasAdjusted == HasAdjustedClose) return;
        throw BarDataException.At(From, null, "adjusted close", storeHasAdjusted
                ? $"the store's {Instrument.Symbol} has an adjusted close and this file has none"
                : $"this file has an adjusted close and the store's {Instrument.Symbol} has none",
            $"import it under another symbol or into another {elsewhere}");
    }

    /// <param name="from">The file or files, as the user named them.</param>
    /// <param name="notes">Notes in addition to the file's.</param>
    internal static BarsToStore Of(BarFileSeries series, string from, bool instrumentIsGiven, IEnumerable<string> notes) =>
        new(from, series.Format, series.Instrument, series.Timeframe, instrumentIsGiven, series.ReadRaw)
        {
            Count = series.Count,
            SkippedRows = series.SkippedRows,
            HasAdjustedClose = series.HasAdjustedClose,
            Notes = [.. series.Notes, .. notes],
            Further = series.Columns,
            RawHash = series.HasAdjustedClose || series.Columns.Count > 0 ? null : series.ContentHash,
            IsInMemory = series.IsInMemory,
        };

    /// <summary>Wraps bars in memory, such as a live feed's.</summary>
    /// <param name="bars">The bars in strictly ascending order of time.</param>
    public static BarsToStore Of(Instrument instrument, Timeframe timeframe, IReadOnlyList<Bar> bars, string from) =>
        new(from, "live", instrument, timeframe, false, size => Pieces(bars, size)) { Count = bars.Count };

    private static IEnumerable<BarColumns> Pieces(IReadOnlyList<Bar> bars, int size)
    {
        for (var i = 0; i < bars.Count; i += size)
        {
            var columns = new BarColumns(Math.Min(size, bars.Count - i), withAdjusted: false);
            for (; columns.Count < columns.Time.Length; columns.Count++)
            {
                var (k, b) = (columns.Count, bars[i + columns.Count]);
                (columns.Time[k], columns.Open[k], columns.High[k], columns.Low[k], columns.Close[k], columns.Volume[k]) =
                    (b.Time, b.Open, b.High, b.Low, b.Close, b.Volume);
            }
            yield return columns;
        }
    }
}
