namespace Granary.Recompute.Tests.Markets;

/// <summary>Draws bars of a random walk on a tick of 0.01, with gaps between the bars and missing days.</summary>
internal sealed class RandomMarket(int seed)
{
    private readonly Random _random = new(seed);

    public Random Random => _random;

    /// <param name="volatility">Standard deviation of a bar's log return.</param>
    /// <param name="missing">Probability that a bar does not exist.</param>
    /// <param name="memory">Correlation of a bar's move with that of the bar before.</param>
    public List<MarketBar> Bars(IEnumerable<DateTime> times, double volatility, double missing = 0, double drift = 0, double memory = 0)
    {
        var bars = new List<MarketBar>();
        var move = 0.0;
        var close = Math.Round(20 + 180 * _random.NextDouble(), 2);
        foreach (var time in times)
        {
            if (bars.Count > 0 && _random.NextDouble() < missing) continue;
            var open = Tick(close * Math.Exp(volatility / 3 * Normal()));
            move = memory * move + Math.Sqrt(1 - memory * memory) * Normal();
            close = Tick(open * Math.Exp(drift + volatility * move));
            var high = Tick(Math.Max(open, close) * Math.Exp(volatility / 2 * Math.Abs(Normal())));
            var low = Tick(Math.Min(open, close) * Math.Exp(-volatility / 2 * Math.Abs(Normal())));
            high = Math.Max(high, Math.Max(open, close));
            low = Math.Min(low, Math.Min(open, close));
            bars.Add(new MarketBar(time, open, high, low, close, _random.Next(1_000, 100_000)));
        }
        return bars;
    }

    public static IEnumerable<DateTime> Weekdays(DateTime start, int count)
    {
        for (var day = start; count > 0; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            count--;
            yield return day;
        }
    }

    public static IEnumerable<DateTime> Every(DateTime start, TimeSpan step, int count) =>
        Enumerable.Range(0, count).Select(i => start + i * step);

    private static double Tick(double price) => Math.Max(0.01, Math.Round(price, 2));

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
