using Granary.Engine.Market;

namespace Granary.Engine.Tests.Trading;

/// <summary>Funding at random times: at the opens of bars, within them, in gaps and outside of them, with and without marks.</summary>
internal static class RandomFunding
{
    public static FundingSeries Over(Bar[] bars, Timeframe timeframe, int seed)
    {
        var random = new Random(seed * 7919);
        var times = new SortedSet<long>();
        for (var at = bars[0].Time - timeframe.Ticks; at < bars[^1].Time + 5 * timeframe.Ticks;)
        {
            at += random.Next(1, 60) * TimeSpan.TicksPerMinute;
            if (random.Next(2) == 0) at -= at % timeframe.Ticks;
            times.Add(at);
        }
        double[] rates = [.. times.Select(_ => random.Next(10) == 0 ? 0 : (random.NextDouble() - 0.4) * 0.002)];
        double[] marks = [.. times.Select(_ => random.Next(2) == 0 ? double.NaN : bars[random.Next(bars.Length)].Close)];
        return new FundingSeries([.. times], rates, marks, "random");
    }
}
