using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a strategy's <c>search</c>, without its <c>space</c>.</summary>
internal sealed record ParameterSearchKeys
{
    [Key("how combinations are proposed, see [methods](search.md#methods)", Words = "tpe random sobol halving")]
    public string Method { get; init; } = "tpe";

    [Key("different combinations to try, of each symbol and timeframe; fewer if the space has fewer"), Range(1, 100_000)]
    public int Trials { get; init; } = 100;

    [Key("what is best: a statistic of `results.json` or an expression of statistics, as the `objective` of a "
        + "[walk-forward](validation.md#walk-forward). A list of several ends in a Pareto front", Without = "`sharpe`")]
    public IReadOnlyList<string> Objective { get; init; } = [];

    [Key("comparisons that a combination must satisfy, each of numbers, parameters and keys with `+ - * /` and parentheses, by "
        + "`< <= > >=`: `[\"slow > 2 * fast\"]`")]
    public IReadOnlyList<string> Conditions { get; init; } = [];

    [Key("fewest closed trades; with fewer, the objectives of a trial are undefined"), Range(0, 1_000_000)]
    public int MinTrades { get; init; }
}

/// <summary>The keys of a range of numbers in the <c>space</c> of a search.</summary>
internal sealed record SpaceRangeKeys
{
    [Key("lowest value", Without = "required")]
    public required double From { get; init; }

    [Key("highest value", Without = "required")]
    public required double To { get; init; }

    [Key("whether ratios count instead of differences; both ends are then positive")]
    public bool Log { get; init; }

    [Key("distance between two values, from `from` on; not with `log`", Without = "1 for whole numbers, any value for others"),
        Range(0, 1e12)]
    public double Step { get; init; }
}
