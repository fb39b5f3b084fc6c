using System.Globalization;
using CsvHelper;

namespace Granary.Cli.Watching;

/// <summary>Trades of the portfolio that one of two runs has and the other has not, by symbol, side and time of entry.</summary>
/// <param name="Gained">Trades of the second run, in the order of their entries.</param>
/// <param name="Lost">Trades of the first run, in the order of their entries.</param>
internal sealed record EntryDifference(IReadOnlyList<string> Gained, IReadOnlyList<string> Lost)
{
    private const int MostNamed = 3;

    /// <summary>Compares two runs; null if one did not write its trades.</summary>
    public static EntryDifference? Of(IReadOnlyDictionary<string, int>? before, IReadOnlyDictionary<string, int>? now) =>
        before is null || now is null ? null : new EntryDifference(More(now, before), More(before, now));

    /// <summary>Reads the trades of a run: how often each entry occurs. Null if the run did not write them as CSV.</summary>
    /// <param name="folder">The run's folder.</param>
    public static IReadOnlyDictionary<string, int>? Read(string folder)
    {
        var path = Path.Combine(folder, "portfolio_trades.csv");
        if (!File.Exists(path)) return null;
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            var entry = $"{csv.GetField("entry_time")} {csv.GetField("symbol")} {csv.GetField("side")}";
            entries[entry] = entries.GetValueOrDefault(entry) + 1;
        }
        return entries;
    }

    /// <summary>The difference in a sentence.</summary>
    public string Sentence => $"Trades by symbol, side and time of entry: {Count(Gained.Count)} gained{Named(Gained)}, "
        + $"{Count(Lost.Count)} lost{Named(Lost)}";

    private static List<string> More(IReadOnlyDictionary<string, int> of, IReadOnlyDictionary<string, int> than) =>
        [.. of.SelectMany(e => Enumerable.Repeat(e.Key, Math.Max(0, e.Value - than.GetValueOrDefault(e.Key))))
            .Order(StringComparer.Ordinal)];

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Named(IReadOnlyList<string> trades) => trades.Count == 0 ? ""
        : $" ({string.Join("; ", trades.Take(MostNamed))}{(trades.Count > MostNamed ? "; …" : "")})";
}
