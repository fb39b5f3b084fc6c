using System.Collections.Concurrent;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>An opened market of a batch.</summary>
/// <param name="Smaller">Smaller bars for the price path within a bar, if the batch names a timeframe and the source has them.</param>
internal sealed record OpenedMarket(string Symbol, IBarSeries Series, Instrument Instrument, IBarSeries? Smaller = null)
{
    // The key includes the series, so that a copy with other bars does not reuse the factors of the old ones.
    private readonly ConcurrentDictionary<(IBarSeries Series, Timeframe Timeframe), FactorMemory> _memories = new();

    /// <summary>Whether its bars end before the bars of the batch's other markets.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Decisions about its longer bars, one sentence each, without the symbol and without a full stop.</summary>
    public IReadOnlyList<string> BarNotes { get; init; } = [];

    /// <summary>The sessions that its bars show and its longer bars go by; null if they are named, or if days of UTC are kept.</summary>
    public SessionCalendar? Inferred { get; init; }

    /// <summary>Returns a copy whose instrument has a membership.</summary>
    /// <param name="membership">Null = always a member.</param>
    public OpenedMarket With(Membership? membership)
    {
        var series = SeriesWithInstrument.WithMembership(Series, membership);
        return this with { Series = series, Instrument = series.Instrument };
    }

    /// <summary>Returns factor columns of earlier passes over the bars at a timeframe; null if they are not kept.</summary>
    public FactorMemory? MemoryOf(Timeframe timeframe) => _memories.GetValueOrDefault((Series, timeframe));

    /// <summary>Keeps the factor columns of passes over the bars at a timeframe for later passes. Repeated calls have no effect.</summary>
    /// <param name="bars">Number of bars at the timeframe.</param>
    public void Keep(Timeframe timeframe, long bars, FactorBudget budget) =>
        _memories.GetOrAdd((Series, timeframe), _ => new FactorMemory(bars, budget));
}
