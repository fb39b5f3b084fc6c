using System.Globalization;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Markets in euros, yen, pence and dollars, and daily exchange rates with a jump of 15 % over a weekend, in a folder.</summary>
internal sealed class CurrencyMarkets : IDisposable
{
    public static readonly IReadOnlyDictionary<string, string> Currencies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ACME.DE"] = "EUR",
        ["6758.T"] = "JPY",
        ["VOD.L"] = "GBX",
        ["EURUSD"] = "USD",
    };

    private readonly Dictionary<string, List<(DateTime Known, double Rate)>> _rates = [];

    public CurrencyMarkets(int seed = 5)
    {
        var random = new Random(seed);
        var start = new DateTime(2023, 1, 2);
        foreach (var (symbol, price, digits) in ((string, double, int)[])
            [("ACME.DE", 100, 2), ("6758.T", 12_000, 1), ("VOD.L", 90, 3), ("EURUSD", 1.07, 5)])
            Write($"bars/{symbol}.csv", random, (start, price, digits, symbol == "EURUSD" ? 0.006 : 0.018), null);
        foreach (var (pair, price, digits) in ((string, double, int)[])[("EURUSD", 1.07, 5), ("USDJPY", 131, 4), ("GBPUSD", 1.21, 5)])
            _rates[pair] = Write($"rates/{pair}.csv", random, (start.AddDays(-14), price, digits, 0.006),
                pair == "USDJPY" ? new DateTime(2023, 6, 12) : null);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-money-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The value of a currency in euros: the last close of a day that has ended.</summary>
    public double InEuros(string currency, DateTime at)
    {
        var dollar = 1 / Last("EURUSD", at);
        return currency switch
        {
            "EUR" => 1,
            "USD" => dollar,
            "JPY" => dollar / Last("USDJPY", at),
            "GBX" => Last("GBPUSD", at) * dollar / 100,
            _ => throw new ArgumentException(currency),
        };
    }

    private double Last(string pair, DateTime at) => _rates[pair].Last(r => r.Known <= at).Rate;

    private List<(DateTime, double)> Write(string name, Random random, (DateTime Start, double Price, int Digits, double Step) path,
        DateTime? jump)
    {
        var file = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var (lines, closes, price) = (new List<string> { "date,open,high,low,close,volume" }, new List<(DateTime, double)>(), path.Price);
        for (var day = path.Start; day < new DateTime(2024, 1, 1); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            if (day == jump) price *= 1.15;
            var open = Near(price, path.Step / 3);
            var close = Near(open, path.Step);
            var (high, low) = (Math.Max(open, close) * 1.004, Math.Min(open, close) * 0.996);
            string Text(double value) => Math.Round(value, path.Digits).ToString(CultureInfo.InvariantCulture);
            lines.Add($"{day:yyyy-MM-dd},{Text(open)},{Text(high)},{Text(low)},{Text(close)},100000");
            closes.Add((day.AddDays(1), double.Parse(Text(close), CultureInfo.InvariantCulture)));
            price = close;
        }
        File.WriteAllLines(file, lines);
        return closes;

        double Near(double value, double step) =>
            value * (1 + step * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
    }
}
