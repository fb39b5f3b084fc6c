using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>A series with other settings of its instrument.</summary>
/// <param name="settings">Returns the instrument of the series with these settings.</param>
/// <param name="hash">Hash of the bars with what the settings add to them; null for that of the bars.</param>
internal sealed class SeriesWithInstrument(IBarSeries series, Func<Instrument, Instrument> settings, string? hash = null) :
    SeriesWrapper(series, disposes: true)
{
    /// <summary>The series with sessions; the series itself if these are around the clock.</summary>
    public static IBarSeries WithSessions(IBarSeries series, SessionCalendar calendar) =>
        calendar.IsContinuous ? series : new SeriesWithInstrument(series, i => i with { Calendar = calendar });

    /// <summary>The series with a membership of its symbol in the universe.</summary>
    /// <param name="membership">Null = always a member.</param>
    public static IBarSeries WithMembership(IBarSeries series, Membership? membership) =>
        new SeriesWithInstrument(series, i => i with { Membership = membership });

    public override Instrument Instrument => settings(base.Instrument);

    public override string ContentHash => hash ?? base.ContentHash;
}
