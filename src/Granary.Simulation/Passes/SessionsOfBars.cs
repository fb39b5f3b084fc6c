using Granary.Data.Resampling;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Decides by which sessions the longer bars of a batch's markets are built.</summary>
internal static class SessionsOfBars
{
    /// <summary>
    /// Returns a market with the sessions that its bars show, if it has none, and if the clock of UTC would cut a session or a bar in two;
    /// with notes on that, and on last bars that are not finished. Markets without longer bars are returned as they are.
    /// </summary>
    public static async Task<OpenedMarket> ApplyAsync(BatchPlan plan, OpenedMarket market,
        IReadOnlyDictionary<string, OpenedMarket> markets, CancellationToken cancellationToken)
    {
        var own = market.Series.Timeframe;
        if (!own.IsIntraday && own != Timeframe.D1) return market;
        var feeds = plan.Feeds.Where(f => f.Symbols.Contains(market.Symbol)).ToList();
        List<Timeframe> longer = [.. feeds.Select(f => f.Timeframe).Where(t => t != own).Distinct().OrderBy(t => t.Ticks)];
        List<Timeframe> read = [.. feeds.SelectMany(f => ReadBy(plan, f, markets)).Where(t => t != own && t.IsMultipleOf(own))
            .Distinct().Except(longer)];
        if (longer.Count == 0 && read.Count == 0) return market;
        var declared = plan.Spec.Data.Of(market.Symbol).Instruments;
        var named = (declared.GetValueOrDefault(market.Symbol) ?? declared.GetValueOrDefault("*"))?.Session;
        var sessions = await LongerBars.OfAsync(market.Series, longer, read, named, cancellationToken);
        var isInferred = sessions.Calendar != market.Series.Instrument.Calendar;
        var series = isInferred ? SeriesWithInstrument.WithSessions(market.Series, sessions.Calendar) : market.Series;
        return market with
        {
            Series = series,
            Instrument = series.Instrument,
            // Days of UTC that cut nothing in two are the rule, and need no note.
            BarNotes = isInferred ? sessions.Notes : sessions.LeftOut,
            Inferred = isInferred ? sessions.Calendar : null,
        };
    }

    // The timeframes of the factors that a feed's strategies read; a parameter of text may name one.
    private static IEnumerable<Timeframe> ReadBy(BatchPlan plan, FeedPlan feed, IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        var examples = feed.Instances.DistinctBy(i => $"{i.Definition.Name}|{string.Join('|', i.Arguments.OfType<string>())}")
            .Select(i => i.Index).ToHashSet();
        return FeedFactors.RequestsOf(plan, feed, examples, markets).SelectMany(r => r).Select(r => r.Timeframe).OfType<Timeframe>();
    }
}
