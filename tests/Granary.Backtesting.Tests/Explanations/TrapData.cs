using System.Globalization;

namespace Granary.Backtesting.Tests.Explanations;

/// <summary>The generated files of samples/data/traps: the same text for the same seed on every machine.</summary>
internal static class TrapData
{
    /// <summary>The content of each file by its name.</summary>
    public static IReadOnlyDictionary<string, string> Files()
    {
        var (aimless, report) = Aimless();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BOUNCE.csv"] = Bounce(),
            ["WALK.csv"] = aimless,
            ["report.csv"] = report,
            ["SPLIT.csv"] = Split(),
            ["SYD.csv"] = Sessions(),
            ["members.csv"] = "symbol,from,to,delisting_return\nALPHA,,,\nBRAVO,,,\nCHARLIE,,2020-03-02,-0.9\nDELTA,,2021-06-01,-0.7\n"
                + "ECHO,,,\nFOXTROT,,,\n",
        };
    }

    // A random walk whose last trade of a day is at the bid or at the ask.
    private static string Bounce()
    {
        var random = new Random(11);
        var price = 100.0;
        return Text("date,open,high,low,close,volume", Weekdays(new DateOnly(2018, 1, 1)).Take(1000).Select(day =>
        {
            var open = price;
            price *= 1 + 0.004 * random.Normal();
            var close = price * (random.Uniform() < 0.5 ? 1.006 : 0.994);
            var (high, low) = (Math.Max(Math.Max(open, close), price) * 1.001, Math.Min(Math.Min(open, close), price) * 0.999);
            return $"{day:yyyy-MM-dd},{Prices(open, high, low, close)},1000";
        }));
    }

    // A random walk, and the growth of each month, dated on the month's first day.
    private static (string Bars, string Report) Aimless()
    {
        var random = new Random(5);
        var price = 100.0;
        var closes = new List<(DateOnly Day, double Price)>();
        var bars = Text("date,open,high,low,close,volume", Weekdays(new DateOnly(2018, 1, 1)).Take(1500).Select(day =>
        {
            var open = price;
            var noon = price * (1 + 0.007 * random.Normal());
            price = noon * (1 + 0.007 * random.Normal());
            var high = Math.Max(Math.Max(open, noon), price) * (1 + 0.002 * random.Uniform());
            var low = Math.Min(Math.Min(open, noon), price) * (1 - 0.002 * random.Uniform());
            closes.Add((day, price));
            return $"{day:yyyy-MM-dd},{Prices(open, high, low, price)},1000";
        }));
        var before = 100.0;
        var months = new List<string>();
        foreach (var month in closes.GroupBy(c => c.Day.AddDays(1 - c.Day.Day)))
        {
            months.Add(string.Create(CultureInfo.InvariantCulture, $"{month.Key:yyyy-MM-dd},{(month.Last().Price / before - 1) * 100:F2}"));
            before = month.Last().Price;
        }
        return (bars, Text("date,growth", months));
    }

    // A company that grows; each share becomes four on the 601st day, for which the adjusted close accounts.
    private static string Split()
    {
        var random = new Random(3);
        var price = 100.0;
        return Text("Date,Open,High,Low,Close,Adj Close,Volume", Weekdays(new DateOnly(2018, 1, 1)).Take(1000).Select((day, i) =>
        {
            var open = price;
            price *= 1 + 0.0006 + 0.01 * random.Normal();
            var (high, low, factor) = (Math.Max(open, price) * 1.003, Math.Min(open, price) * 0.997, i >= 600 ? 1 : 4);
            return string.Create(CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd},{Prices(open * factor, high * factor, low * factor, price * factor)},{price:F2},1000");
        }));
    }

    // Sessions of six hours from 23:00 UTC on, each with a direction of its own.
    private static string Sessions()
    {
        var random = new Random(9);
        var price = 100.0;
        return Text("time,open,high,low,close,volume", Weekdays(new DateOnly(2022, 1, 3)).Take(400).SelectMany(day =>
        {
            var drift = 0.0025 * random.Normal();
            price *= 1 + 0.006 * random.Normal();
            return Enumerable.Range(0, 6).Select(hour =>
            {
                var open = price;
                price *= 1 + drift + 0.002 * random.Normal();
                return $"{day.ToDateTime(default).AddHours(hour - 1):yyyy-MM-ddTHH:mm:ssZ},"
                    + $"{Prices(open, Math.Max(open, price) * 1.001, Math.Min(open, price) * 0.999, price)},1000";
            }).ToList();
        }));
    }

    private static IEnumerable<DateOnly> Weekdays(DateOnly from)
    {
        for (var day = from; ; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) yield return day;
    }

    private static string Prices(double open, double high, double low, double close) =>
        string.Create(CultureInfo.InvariantCulture, $"{open:F2},{high:F2},{low:F2},{close:F2}");

    private static string Text(string header, IEnumerable<string> rows) => header + "\n" + string.Concat(rows.Select(r => r + "\n"));

    // A generator of its own, since that of .NET may change; a normal number is the sum of twelve uniform ones.
    private sealed class Random(ulong seed)
    {
        private ulong _state = seed;

        public double Uniform()
        {
            _state = unchecked(_state * 6364136223846793005 + 1442695040888963407);
            return (_state >> 11) / 9007199254740992.0;
        }

        public double Normal()
        {
            var sum = 0.0;
            for (var i = 0; i < 12; i++) sum += Uniform();
            return sum - 6;
        }
    }
}
