using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>A series with other settings of its instrument.</summary>
/// <param name="settings">Returns the instrument of the series with these settings.</param>
public sealed class InstrumentSeries(IBarSeries series, Func<Instrument, Instrument> settings) : IBarSeries
{
    /// <summary>The series with sessions; the series itself if these are around the clock.</summary>
    public static IBarSeries WithSessions(IBarSeries series, SessionCalendar calendar) =>
        calendar.IsContinuous ? series : new InstrumentSeries(series, i => i with { Calendar = calendar });

    // Not cached: the number of price decimals is final only after the first block is read.
    public Instrument Instrument => settings(series.Instrument);

    public Timeframe Timeframe => series.Timeframe;

    public long Count => series.Count;

    public IReadOnlyList<string> Columns => series.Columns;

    public string ContentHash => series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        CancellationToken cancellationToken = default) =>
        series.ReadAsync(blockSize, cancellationToken);

    public ValueTask DisposeAsync() => series.DisposeAsync();
}
