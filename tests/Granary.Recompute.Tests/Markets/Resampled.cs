namespace Granary.Recompute.Tests.Markets;

/// <summary>Longer bars made of shorter ones.</summary>
internal static class Resampled
{
    /// <summary>Groups hours by multiples of hours since midnight UTC; without the last group where its end has not been reached.</summary>
    public static List<MarketBar> ByHours(IReadOnlyList<MarketBar> bars, int hours)
    {
        List<MarketBar> longer = [.. bars.GroupBy(b => b.Time.Date.AddHours(b.Time.Hour / hours * hours)).Select(g => Join(g.Key, [.. g]))];
        if (bars[^1].Time.AddHours(1) < longer[^1].Time.AddHours(hours)) longer.RemoveAt(longer.Count - 1);
        return longer;
    }

    /// <summary>One bar of several, in order of time.</summary>
    public static MarketBar Join(DateTime time, IReadOnlyList<MarketBar> bars) =>
        new(time, bars[0].Open, bars.Max(b => b.High), bars.Min(b => b.Low), bars[^1].Close, bars.Sum(b => b.Volume));
}
