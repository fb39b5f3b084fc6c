using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>A series whose instrument has the given sessions.</summary>
public sealed class SessionSeries(IBarSeries series, SessionCalendar calendar) : IBarSeries
{
    /// <summary>Wraps a series; returns the series itself if its instrument has these sessions.</summary>
    public static IBarSeries Of(IBarSeries series, SessionCalendar calendar) =>
        calendar.IsContinuous ? series : new SessionSeries(series, calendar);

    // Not cached: the number of price decimals is final only after the first block is read.
    public Instrument Instrument => series.Instrument with { Calendar = calendar };

    public Timeframe Timeframe => series.Timeframe;

    public long Count => series.Count;

    public string ContentHash => series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        CancellationToken cancellationToken = default) =>
        series.ReadAsync(blockSize, cancellationToken);

    public ValueTask DisposeAsync() => series.DisposeAsync();
}
