namespace Granary;

/// <summary>The keys of a batch's <c>strategies.search</c>.</summary>
public sealed record BatchSearch
{
    /// <summary>
    /// Values by parameter of the class or key of the strategy, also symbol and timeframe: [lowest, highest], a range with from and to, a
    /// list of words, or an object with values.
    /// </summary>
    public required Dictionary<string, BatchRange> Space { get; init; }

    /// <summary>
    /// Says how combinations are proposed, see methods: <c>tpe</c>, <c>random</c>, <c>sobol</c>, <c>halving</c>; default <c>tpe</c>.
    /// </summary>
    public string? Method { get; init; }

    /// <summary>Different combinations to try, of each symbol and timeframe; fewer if the space has fewer; default <c>100</c>.</summary>
    public int? Trials { get; init; }

    /// <summary>
    /// Says what is best: a statistic of results.json or an expression of statistics, as the objective of a walk-forward. A list of several
    /// ends in a Pareto front.
    /// </summary>
    public IReadOnlyList<string>? Objective { get; init; }

    /// <summary>
    /// Comparisons that a combination must satisfy, each of numbers, parameters and keys with + - * / and parentheses, by &lt; &lt;= &gt;
    /// &gt;=: ["slow &gt; 2 * fast"].
    /// </summary>
    public IReadOnlyList<string>? Conditions { get; init; }

    /// <summary>Fewest closed trades; with fewer, the objectives of a trial are undefined; default <c>0</c>.</summary>
    public int? MinTrades { get; init; }
}
