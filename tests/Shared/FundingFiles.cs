using System.Globalization;
using System.Text;

namespace Granary.Testing;

/// <summary>Writes tables of random funding rates.</summary>
internal static class FundingFiles
{
    /// <summary>Writes a table with a column of symbols. Every other row has a mark price around the given one.</summary>
    /// <param name="every">The time between two fundings.</param>
    /// <returns>The path.</returns>
    public static string Write(string path, IReadOnlyDictionary<string, double> marks, DateTime from, DateTime to, TimeSpan every,
        int seed = 7)
    {
        var (random, text) = (new Random(seed), new StringBuilder("time,symbol,rate,mark\n"));
        for (var at = from; at < to; at += every)
            foreach (var (symbol, mark) in marks)
                text.Append(CultureInfo.InvariantCulture,
                    $"{at:yyyy-MM-ddTHH:mm:ssZ},{symbol},{(random.NextDouble() - 0.4) * 0.002:0.00000000},")
                    .Append(random.Next(2) == 0 ? ""
                        : (mark * (0.9 + random.NextDouble() / 5)).ToString("0.00", CultureInfo.InvariantCulture))
                    .Append('\n');
        File.WriteAllText(path, text.ToString());
        return path;
    }

    /// <summary>Writes funding of the sample futures over their bars of 2022 and 2023.</summary>
    public static string OfSamples(string path) => Write(path, new Dictionary<string, double> { ["COINUSDT"] = 2000, ["GLIMUSDT"] = 20 },
        new DateTime(2021, 12, 31), new DateTime(2023, 7, 2), TimeSpan.FromHours(4));
}
