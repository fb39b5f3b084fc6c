using System.Globalization;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>When the bars close in which a portfolio's trades fill.</summary>
internal static class BarCloses
{
    /// <summary>
    /// The close of the bar of a strategy's timeframe that opens at a time; null if none does. What the portfolio itself closes at a row
    /// has the time of the row, also in a symbol that has no bar then.
    /// </summary>
    public static Func<string, string, DateTime, DateTime?> Of(RunFiles files, MarketSet markets)
    {
        var timeframes = files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!,
            s => s.GetProperty("timeframe").GetString()!, StringComparer.Ordinal);
        var opens = new Dictionary<(string, string), HashSet<DateTime>>();
        return (strategy, symbol, time) =>
        {
            var timeframe = timeframes[strategy];
            if (!opens.TryGetValue((symbol, timeframe), out var bars))
                opens[(symbol, timeframe)] = bars = [.. markets.Of(symbol, timeframe).Select(b => b.Time)];
            return bars.Contains(time) ? time + Length(timeframe) : null;
        };
    }

    private static TimeSpan Length(string timeframe)
    {
        var unit = timeframe[^1] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => throw new FormatException($"no length: {timeframe}"),
        };
        return unit * int.Parse(timeframe[..^1], CultureInfo.InvariantCulture);
    }
}
