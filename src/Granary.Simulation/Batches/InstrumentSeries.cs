using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>A series with other settings of its instrument.</summary>
/// <param name="settings">Returns the instrument of the series with these settings.</param>
/// <param name="hash">Hash of the bars with what the settings add to them; null for the bars'.</param>
public sealed class InstrumentSeries(IBarSeries series, Func<Instrument, Instrument> settings, string? hash = null) : IBarSeries
{
    /// <summary>The series with sessions; the series itself if these are around the clock.</summary>
    public static IBarSeries WithSessions(IBarSeries series, SessionCalendar calendar) =>
        calendar.IsContinuous ? series : new InstrumentSeries(series, i => i with { Calendar = calendar });

    /// <summary>The series with a membership of its symbol in the universe.</summary>
    /// <param name="membership">Null = always a member.</param>
    public static IBarSeries WithMembership(IBarSeries series, Membership? membership) =>
        new InstrumentSeries(series, i => i with { Membership = membership });

    // Not cached: the number of price decimals is final only after the first block is read.
    public Instrument Instrument => settings(series.Instrument);

    public Timeframe Timeframe => series.Timeframe;

    public long Count => series.Count;

    public IReadOnlyList<string> Columns => series.Columns;

    public string ContentHash => hash ?? series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        CancellationToken cancellationToken = default) =>
        series.ReadAsync(blockSize, cancellationToken);

    public ValueTask DisposeAsync() => series.DisposeAsync();
}
