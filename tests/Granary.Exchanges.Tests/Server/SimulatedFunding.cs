namespace Granary.Exchanges.Tests.Server;

/// <summary>Funding rates that follow from their times: every hour on the first of March 2024, else every eight hours.</summary>
internal static class SimulatedFunding
{
    private static readonly long s_hourly = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <param name="Time">Unix seconds.</param>
    public readonly record struct Funding(long Time, decimal Rate, decimal Mark);

    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Inclusive.</param>
    public static IEnumerable<Funding> Between(long from, long to)
    {
        for (var t = (from + 3599) / 3600 * 3600; t <= to; t += 3600)
            if (t % 28_800 == 0 || t >= s_hourly && t < s_hourly + 86_400)
                yield return new Funding(t, t / 3600 % 17 * 0.00001m - 0.00005m, 60_000 + t / 3600 % 100);
    }
}
