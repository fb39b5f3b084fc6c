using System.Text.Json;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <param name="Strategy">An id, or "portfolio".</param>
internal sealed record StatisticDifference(string Strategy, string Statistic, double? A, double? B);

/// <summary>The differences between two runs.</summary>
/// <param name="Trades">The trades that differ, by strategy and time; empty if a run wrote no trades.</param>
/// <param name="NotListed">The number of strategies that are not compared, because one of the runs does not list their trades.</param>
internal sealed record RunDifference(string DigestA, string DigestB, IReadOnlyList<string> OnlyInA, IReadOnlyList<string> OnlyInB,
    IReadOnlyList<StatisticDifference> Statistics, IReadOnlyList<TradePair> Trades, int NotListed)
{
    public bool SameDigest => DigestA == DigestB;

    public IEnumerable<TradePair> TradesOnlyInA => Trades.Where(t => t.Kind == TradeDifference.OnlyFirst);

    public IEnumerable<TradePair> TradesOnlyInB => Trades.Where(t => t.Kind == TradeDifference.OnlySecond);

    /// <summary>Trades of both runs with different quantity, prices, exit or costs.</summary>
    public IEnumerable<TradePair> TradesChanged => Trades.Where(t => t.Kind == TradeDifference.Changed);

    /// <param name="a">The folder of the first run.</param>
    /// <param name="b">The folder of the second run.</param>
    public static RunDifference Of(string a, SavedRun first, string b, SavedRun second)
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
        var (trades, notListed) = Pairs(first, second);
        return new RunDifference(digestA, digestB, [.. statsA.Keys.Except(statsB.Keys, StringComparer.Ordinal)],
            [.. statsB.Keys.Except(statsA.Keys, StringComparer.Ordinal)], differences, trades, notListed);
    }

    private static (string Digest, Dictionary<string, Dictionary<string, double?>> Stats) Results(string folder)
    {
        var path = Path.Combine(folder, "results.json");
        if (!File.Exists(path))
            throw new InputException($"{folder} has no results.json; name the folder of a run that has \"results\" among its outputs");
        var root = JsonPart.Parse(path, File.ReadAllBytes(path));
        var stats = new Dictionary<string, Dictionary<string, double?>>(StringComparer.Ordinal);
        foreach (var strategy in root.Need("strategies").List()) stats[strategy.Need("id").String()] = Numbers(strategy.Find("stats"));
        stats["portfolio"] = Numbers(root.Need("portfolio").Find("stats"));
        return (root.Need("digest").String(), stats);
    }

    private static Dictionary<string, double?> Numbers(JsonPart? part) =>
        part?.Members.ToDictionary(m => m.Name, m => m.Value.Kind == JsonValueKind.Number ? m.Value.Number() : (double?)null,
            StringComparer.Ordinal) ?? [];

    // The same matching of trades as on the page.
    private static (List<TradePair> Trades, int NotListed) Pairs(SavedRun first, SavedRun second)
    {
        var others = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var s in second.Model.Strategies) others.TryAdd(s.Id, s.Index);
        var names = first.Model.Strategies.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var strategies = first.Model.Strategies.Select(s => (First: (StrategyEntry?)s, Second: others.TryGetValue(s.Id, out var i)
            ? second.Model.Strategies[i] : null))
            .Concat(second.Model.Strategies.Where(s => !names.Contains(s.Id))
                .Select(s => (First: (StrategyEntry?)null, Second: (StrategyEntry?)s)));
        var (pairs, notListed) = (new List<TradePair>(), 0);
        foreach (var (a, b) in strategies)
        {
            if (TradePair.IsComparable(a, b))
                pairs.AddRange(TradePair.Of((a ?? b)!, a is null ? [] : first.Trades(a.Index), b is null ? [] : second.Trades(b.Index))
                    .Where(p => p.Kind != TradeDifference.Same));
            else notListed++;
        }
        return (pairs, notListed);
    }
}
