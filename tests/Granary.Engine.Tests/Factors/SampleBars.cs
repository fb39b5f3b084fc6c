using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

/// <summary>Bars for factor tests: read from the oracles' plain CSV files, or drawn from a seed.</summary>
internal static class SampleBars
{
    /// <summary>A feed's bars with what is needed to make kernels for it.</summary>
    public sealed record Feed(MarketSeries Series, Bar[] Bars)
    {
        public IEnumerable<BarBlock> Blocks(int length = BarBlock.MaxCount)
        {
            for (var i = 0; i < Bars.Length; i += length)
                yield return BarBlock.FromBars(i, Bars.AsSpan(i, Math.Min(length, Bars.Length - i)));
        }
    }

    /// <summary>
    /// A CSV file with a header or without: a date, perhaps a time, then open, high, low, close, perhaps an adjusted close, volume.
    /// </summary>
    public static Feed Read(string path, Timeframe timeframe, bool decimals = true)
    {
        var bars = new List<Bar>();
        var mostDecimals = 0;
        var adjusted = false;
        foreach (var line in File.ReadLines(path))
        {
            var cells = line.TrimStart('\uFEFF').Trim().Split(',');
            if (line.Contains("Adj Close", StringComparison.Ordinal)) adjusted = true;
            if (!DateTime.TryParse(cells[0], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) continue;
            var at = 1;
            if (TimeSpan.TryParse(cells[1], CultureInfo.InvariantCulture, out var clock)
                && cells[1].Contains(':', StringComparison.Ordinal))
            {
                time += clock;
                at++;
            }
            double Number(int i) => double.Parse(cells[at + i], CultureInfo.InvariantCulture);
            for (var i = 0; i < 4; i++)
            {
                var dot = cells[at + i].IndexOf('.', StringComparison.Ordinal);
                if (dot >= 0) mostDecimals = Math.Max(mostDecimals, cells[at + i].Length - dot - 1);
            }
            bars.Add(new Bar(time.Ticks, Number(0), Number(1), Number(2), Number(3), Number(adjusted ? 5 : 4)));
        }
        return new Feed(Series(timeframe, decimals && mostDecimals <= 9 ? mostDecimals : -1), [.. bars]);
    }

    public static MarketSeries Series(Timeframe timeframe, int decimals = -1, SessionCalendar? calendar = null) =>
        new(new Instrument { Symbol = "TEST", PriceDecimals = decimals, Calendar = calendar ?? SessionCalendar.Continuous }, timeframe);

    /// <summary>
    /// A walk with trends, jumps, gaps in time, stretches in which nothing moves, and bars without volume; a lively one always moves and
    /// trades.
    /// </summary>
    public static Feed Random(int seed, int count, Timeframe timeframe, int decimals = 2, SessionCalendar? calendar = null,
        bool lively = false)
    {
        var random = new Random(seed);
        var unit = decimals < 0 ? 0 : Math.Pow(10, -decimals);
        double Rounded(double x) => unit > 0 ? Math.Round(Math.Round(x / unit) * unit, decimals) : x;
        var bars = new Bar[count];
        var time = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var price = 100.0;
        var flat = 0;
        for (var i = 0; i < count; i++)
        {
            if (flat == 0 && random.Next(120) == 0 && !lively) flat = random.Next(1, 60);
            if (flat > 0) flat--;
            var open = flat > 0 ? price : price * (1 + (random.Next(50) == 0 ? 0.03 : 0.001) * (random.NextDouble() - 0.5));
            var close = flat > 0 ? price : Math.Max(1, open * (1 + 0.02 * (random.NextDouble() - 0.5)));
            var reach = flat > 0 ? 0 : random.NextDouble() * 0.5;
            (open, close) = (Rounded(open), Rounded(close));
            var high = Rounded(Math.Max(open, close) + reach);
            var low = Rounded(Math.Max(0.5, Math.Min(open, close) - reach * random.NextDouble()));
            bars[i] = new Bar(time, open, Math.Max(high, Math.Max(open, close)), Math.Min(low, Math.Min(open, close)), close,
                random.Next(20) == 0 && !lively ? 0 : random.Next(1, 5000));
            price = close;
            time += timeframe.Ticks * (random.Next(40) == 0 ? random.Next(2, 30) : 1);
        }
        return new Feed(Series(timeframe, decimals, calendar), bars);
    }
}
