using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>The timeframe of bars by the steps between their times, or null where two are possible.</summary>
internal static class TimeframeGuess
{
    // A step that so many bars have beside a longer one shows that the bars have two lengths.
    private const double MostShorter = 0.25;

    // The share of weeks and months whose length is between those of their calendar; holidays and gaps are the rest.
    private const double LeastRegular = 0.6;

    /// <param name="times">In any order; equal times count once.</param>
    public static Timeframe? Of(IEnumerable<long> times)
    {
        var ordered = times.Distinct().Order().ToList();
        if (ordered.Count < 2) return null;
        var steps = ordered.Zip(ordered.Skip(1), (before, after) => after - before).ToList();
        return steps.TrueForAll(s => s >= TimeSpan.FromHours(23).Ticks) ? OfDays(steps) : OfSteps(steps);
    }

    private static Timeframe? OfSteps(List<long> steps)
    {
        var most = steps.GroupBy(s => s).MaxBy(g => (g.Count(), -g.Key))!.Key;
        return steps.Count(s => s < most) > MostShorter * steps.Count ? null : Exactly(most);
    }

    // Days have weekends, holidays and an hour of daylight saving between them; weeks and months have other lengths now and then.
    private static Timeframe? OfDays(List<long> steps)
    {
        double Share(double from, double to) =>
            steps.Count(s => s >= from * TimeSpan.TicksPerDay && s <= to * TimeSpan.TicksPerDay) / (double)steps.Count;
        if (Share(27.9, 31.1) >= LeastRegular) return Timeframe.Mo1;
        if (Share(5, 9) >= LeastRegular) return Timeframe.W1;
        return Share(0.9, 4.1) >= LeastRegular ? Timeframe.D1 : null;
    }

    private static Timeframe? Exactly(long step)
    {
        foreach (var timeframe in Timeframe.All)
            if (timeframe.Ticks == step) return timeframe;
        return null;
    }
}
