using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Testing.Bars;

/// <summary>Bars for tests: from closes, from a few lines of text, or drawn from a seed.</summary>
public static class TestBars
{
    private static readonly DateTime Start = new(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A market named TEST that trades around the clock.</summary>
    /// <param name="timeframe">Null = a day.</param>
    public static MarketSeries Market(Timeframe? timeframe = null) => new(new Instrument { Symbol = "TEST" }, timeframe ?? Timeframe.D1);

    /// <summary>A bar for each close, with a volume of 1,000. Each bar opens at the close before it.</summary>
    /// <param name="timeframe">Null = a day. The first bar opens on 2024-03-04, UTC.</param>
    public static Bar[] FromCloses(IReadOnlyList<double> closes, Timeframe? timeframe = null)
    {
        var step = (timeframe ?? Timeframe.D1).Ticks;
        return [.. closes.Select((close, i) =>
        {
            var open = closes[Math.Max(0, i - 1)];
            return new Bar(Start.Ticks + i * step, open, Math.Max(open, close), Math.Min(open, close), close, 1000);
        })];
    }

    /// <summary>Bars from lines of open, high, low, close and volume, separated by spaces.</summary>
    /// <param name="timeframe">Null = a day. The first bar opens on 2024-03-04, UTC.</param>
    /// <exception cref="FormatException">A line has no five numbers.</exception>
    public static Bar[] Parse(string text, Timeframe? timeframe = null)
    {
        var step = (timeframe ?? Timeframe.D1).Ticks;
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select((line, i) =>
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 5) throw new FormatException($"line {i + 1}, '{line}': write open, high, low, close and volume");
            double Number(int at) => double.Parse(fields[at], CultureInfo.InvariantCulture);
            return new Bar(Start.Ticks + i * step, Number(0), Number(1), Number(2), Number(3), Number(4));
        })];
    }

    /// <summary>
    /// A random market with trends, jumps, stretches without a move, bars without volume, and gaps in time. The same seed gives the same
    /// bars on every machine.
    /// </summary>
    /// <param name="timeframe">Null = a day. The first bar opens on 2024-03-04, UTC.</param>
    public static Bar[] Random(int seed, int count, Timeframe? timeframe = null)
    {
        var random = new Random(seed);
        var bars = new Bar[count];
        var (time, price, still) = (Start.Ticks, 100.0, 0);
        for (var i = 0; i < count; i++)
        {
            if (still == 0 && random.Next(120) == 0) still = random.Next(1, 60);
            var moves = still == 0;
            if (still > 0) still--;
            var open = moves ? Cents(price * (1 + (random.Next(50) == 0 ? 0.03 : 0.001) * (random.NextDouble() - 0.5))) : price;
            var close = moves ? Math.Max(1, Cents(open * (1 + 0.02 * (random.NextDouble() - 0.5)))) : price;
            var reach = moves ? random.NextDouble() * 0.5 : 0;
            var high = Cents(Math.Max(open, close) + reach);
            var low = Math.Max(0.5, Cents(Math.Min(open, close) - reach * random.NextDouble()));
            bars[i] = new Bar(time, open, Math.Max(high, Math.Max(open, close)), Math.Min(low, Math.Min(open, close)), close,
                random.Next(20) == 0 ? 0 : random.Next(1, 5000));
            price = close;
            time += (timeframe ?? Timeframe.D1).Ticks * (random.Next(40) == 0 ? random.Next(2, 30) : 1);
        }
        return bars;
    }

    private static double Cents(double price) => Math.Round(price, 2);
}
