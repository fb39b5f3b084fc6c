namespace Granary.Recompute.Tests.Markets;

/// <summary>Longer bars made of shorter ones.</summary>
internal static class Resampled
{
    /// <summary>Groups bars by whole multiples of hours since midnight UTC.</summary>
    public static List<MarketBar> ByHours(List<MarketBar> bars, int hours) =>
        [.. bars.GroupBy(b => b.Time.Date.AddHours(b.Time.Hour / hours * hours)).Select(g => new MarketBar(
            g.Key, g.First().Open, g.Max(b => b.High), g.Min(b => b.Low), g.Last().Close, g.Sum(b => b.Volume)))];
}
