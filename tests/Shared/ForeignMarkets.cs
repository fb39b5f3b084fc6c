using System.Globalization;

namespace Granary.Testing;

/// <summary>
/// A batch's markets in several currencies, with interest, shares that can be borrowed at times, and a chain of contracts: everything that
/// an account books over time.
/// </summary>
internal static class ForeignMarkets
{
    private static readonly DateTime s_start = new(2022, 1, 3);

    /// <summary>Writes the markets' files.</summary>
    /// <param name="folder">The folder of the batch.</param>
    /// <param name="bars">A folder with hourly bars of symbols: one in yen, the others in dollars.</param>
    public static void Write(string folder, string bars, string yen, params string[] dollars)
    {
        var (random, markets) = (new Random(7), Directory.CreateDirectory(Path.Combine(folder, "markets")).FullName);
        string[] symbols = [yen, .. dollars];
        foreach (var symbol in symbols) File.Copy(Path.Combine(bars, symbol + ".csv"), Path.Combine(markets, symbol + ".csv"));
        var (price, expiries) = (40.0, new List<string> { "contract,expiry" });
        List<double> closes = [.. Enumerable.Range(0, 24 * 330).Select(_ => price = Math.Max(5, price + random.Next(-40, 41) * 0.01))];
        foreach (var (number, contract) in new[] { "ESH22", "ESM22", "ESU22", "ESZ22" }.Index())
        {
            var expiry = s_start.AddDays(75 + 84 * number);
            expiries.Add($"{contract},{expiry:yyyy-MM-dd}");
            File.WriteAllLines(Path.Combine(markets, contract + ".csv"), closes.Select(c => c + number).Select((p, i) => string.Create(
                    CultureInfo.InvariantCulture, $"{s_start.AddHours(i):yyyy-MM-dd HH:mm},{p},{p + 0.3},{p - 0.3},{p},9"))
                .Take((int)(expiry - s_start).TotalHours).Prepend("time,open,high,low,close,volume"));
        }
        File.WriteAllLines(Path.Combine(folder, "expiries.csv"), expiries);
        var (inDollar, inYen) = (1.1, 140.0);
        File.WriteAllLines(Path.Combine(folder, "rates.csv"), Enumerable.Range(0, 720).Select(d => string.Create(
            CultureInfo.InvariantCulture, $"{s_start.AddDays(d - 40):yyyy-MM-dd},{inDollar *= 1 + 0.01 * (random.NextDouble() - 0.5)},"
                + $"{inYen *= 1 + 0.01 * (random.NextDouble() - 0.5)}")).Prepend("time,EURUSD,EURJPY"));
        File.WriteAllLines(Path.Combine(folder, "borrow.csv"), ["time,symbol,fee,available", .. Enumerable.Range(0, 700).SelectMany(d =>
            symbols.Append("ES").Select(s => $"{s_start.AddDays(d - 40):yyyy-MM-dd},{s},{1 + d % 7},{(d % 30 < 3 ? "no" : "yes")}"))]);
    }

    /// <summary>The section <c>data</c> of a batch beside the files, without its braces.</summary>
    public static string Data(string yen, params string[] dollars) => $$"""
        "source": "csv:markets", "symbols": ["{{string.Join("\", \"", [yen, .. dollars])}}", "ES"], "fx": "rates.csv",
        "borrow": { "source": "borrow.csv", "onShortage": "cut", "onRecall": "close" },
        "instruments": { "{{yen}}": { "currency": "JPY" }, {{string.Concat(dollars.Select(d => $"\"{d}\": {{ \"currency\": \"USD\" }}, "))}}"ES": { "currency": "USD", "multiplier": 50,
          "chain": { "contracts": "ES*", "expiries": "expiries.csv", "adjust": "difference", "roll": { "days": 3 } } } }
        """;

    /// <summary>The section <c>account</c>, with the comma after it.</summary>
    public const string Account = """
        "account": { "cash": 100000, "currency": "EUR", "conversion": "hold", "interest": {
          "EUR": { "referencePercent": 3.5, "cashSpreadPercent": 0.5, "loanSpreadPercent": 1.5 },
          "JPY": { "referencePercent": 0.5, "loanSpreadPercent": 1.5 },
          "USD": { "referencePercent": 5, "cashSpreadPercent": 1, "loanSpreadPercent": 2 } } },
        """;
}
