using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Server.Tests.Budgets;

/// <summary>
/// A data folder whose bars cost about 100 until the holdout and tens of thousands after it, so that a later price shows in any text and in
/// any result.
/// </summary>
internal sealed partial class HeldOutBars : IDisposable
{
    public static readonly DateTimeOffset Holdout = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public HeldOutBars()
    {
        Root = Directory.CreateTempSubdirectory("granary-holdout-").FullName;
        Data = Directory.CreateDirectory(Path.Combine(Root, "data")).FullName;
        Runs = Directory.CreateDirectory(Path.Combine(Root, "runs")).FullName;
        Write("daily", "ACME", new DateTime(2022, 1, 1), TimeSpan.FromDays(1), 1100);
        foreach (var symbol in (string[])["BETA", "GAMMA", "DELTA"])
            Write("daily", symbol, new DateTime(2022, 1, 1), TimeSpan.FromDays(1), 1100);
        Write("hourly", "ACME", new DateTime(2023, 11, 1), TimeSpan.FromHours(1), 3000);
        Write("weekly", "ACME", new DateTime(2021, 1, 4), TimeSpan.FromDays(7), 200);
        Write("../elsewhere", "ACME", new DateTime(2022, 1, 1), TimeSpan.FromDays(1), 1100);
        File.WriteAllText(Path.Combine(Root, "secret.txt"), Secret);
        File.CreateSymbolicLink(Path.Combine(Data, "outside"), Root);
    }

    public const string Secret = "SECRETOFTHESERVER";

    public string Root { get; }

    public string Data { get; }

    public string Runs { get; }

    public static bool Leaks(string text) => LaterPrice().IsMatch(text) || text.Contains(Secret, StringComparison.Ordinal);

    // A number of five digits, and not the decimals of another one.
    [GeneratedRegex("(?<![0-9.])765[34][0-9](?![0-9])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LaterPrice();

    private void Write(string folder, string symbol, DateTime first, TimeSpan step, int count)
    {
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        Directory.CreateDirectory(Path.Combine(Data, folder));
        for (var i = 0; i < count; i++)
        {
            var time = first + i * step;
            // A bar that closes after the holdout has a price of 76,540 and some.
            var price = (time + step > Holdout.UtcDateTime ? 76540 : 100) + Math.Round(5 * Math.Sin(i / (4.0 + symbol[0] % 7)), 2);
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss},{price},{price + 1},{price - 1},{price + 0.5},1000\n");
        }
        File.WriteAllText(Path.Combine(Data, folder, symbol + ".csv"), text.ToString());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
