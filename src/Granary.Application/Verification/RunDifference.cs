using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;

namespace Granary.Application.Verification;

/// <param name="Strategy">An id, or "portfolio".</param>
public sealed record StatisticDifference(string Strategy, string Statistic, double? A, double? B);

/// <summary>What two runs have in common, and what not.</summary>
/// <param name="TradesOnlyInA">Lines of trades.csv, weight and model left out.</param>
public sealed record RunDifference(string DigestA, string DigestB, IReadOnlyList<string> OnlyInA, IReadOnlyList<string> OnlyInB,
    IReadOnlyList<StatisticDifference> Statistics, IReadOnlyList<string> TradesOnlyInA, IReadOnlyList<string> TradesOnlyInB)
{
    public bool SameDigest => DigestA == DigestB;

    /// <exception cref="InputException">A folder is not of a run, or has no results.</exception>
    public static RunDifference Of(string a, string b)
    {
        var (digestA, statsA) = Results(a);
        var (digestB, statsB) = Results(b);
        var differences = new List<StatisticDifference>();
        foreach (var (id, own) in statsA)
        {
            if (!statsB.TryGetValue(id, out var other)) continue;
            foreach (var key in own.Keys.Union(other.Keys, StringComparer.Ordinal))
                if (own.GetValueOrDefault(key) is var x && other.GetValueOrDefault(key) is var y && !Nullable.Equals(x, y))
                    differences.Add(new StatisticDifference(id, key, x, y));
        }
        var (tradesA, tradesB) = (Trades(a), Trades(b));
        return new RunDifference(digestA, digestB, [.. statsA.Keys.Except(statsB.Keys, StringComparer.Ordinal)], [.. statsB.Keys.Except(statsA.Keys, StringComparer.Ordinal)],
            differences, Without(tradesA, tradesB), Without(tradesB, tradesA));
    }

    private static (string Digest, Dictionary<string, Dictionary<string, double?>> Stats) Results(string folder)
    {
        var path = Path.Combine(folder, "results.json");
        if (!File.Exists(path)) throw new InputException($"{folder} has no results.json; name the folder of a run that has \"results\" among its outputs");
        var root = JsonPart.Parse(path, File.ReadAllBytes(path));
        var stats = new Dictionary<string, Dictionary<string, double?>>(StringComparer.Ordinal);
        foreach (var strategy in root.Need("strategies").List()) stats[strategy.Need("id").String()] = Numbers(strategy.Find("stats"));
        stats["portfolio"] = Numbers(root.Need("portfolio").Find("stats"));
        return (root.Need("digest").String(), stats);
    }

    private static Dictionary<string, double?> Numbers(JsonPart? part) =>
        part?.Members.ToDictionary(m => m.Name, m => m.Value.Kind == JsonValueKind.Number ? m.Value.Number() : (double?)null, StringComparer.Ordinal) ?? [];

    // The lines of trades.csv with their counts; weight and model, before the last field, are the portfolio's and not the trade's.
    private static Dictionary<string, int> Trades(string folder)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var path = Path.Combine(folder, "trades.csv");
        if (!File.Exists(path)) return lines;
        // Runs of before there was a carry have none.
        bool? carries = null;
        foreach (var line in File.ReadLines(path))
        {
            if (carries is null)
            {
                carries = line.EndsWith(",carry", StringComparison.Ordinal);
                continue;
            }
            var carry = carries.Value ? line.LastIndexOf(',') : line.Length;
            var end = line.LastIndexOf(',', line.LastIndexOf(',', carry - 1) - 1);
            var key = line[..end] + (carries.Value ? line[carry..] : ",0");
            lines[key] = lines.GetValueOrDefault(key) + 1;
        }
        return lines;
    }

    private static List<string> Without(Dictionary<string, int> own, Dictionary<string, int> other)
    {
        var left = new List<string>();
        foreach (var (line, count) in own)
            for (var i = other.GetValueOrDefault(line); i < count; i++)
                left.Add(line);
        return left;
    }
}
