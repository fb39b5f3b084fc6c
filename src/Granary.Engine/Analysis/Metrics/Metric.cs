namespace Granary.Engine.Analysis.Metrics;

/// <summary>Computes a metric; NaN where it is undefined.</summary>
public delegate double MetricFormula(in MetricInput input);

/// <summary>
/// The definition of a metric. Everything that shows, stores, sends or ranks metrics derives from it: results.json, the wire, the report,
/// the terminal, docs/metrics.md and the objectives of a walk-forward optimisation.
/// </summary>
/// <param name="Key">The key in results.json, camelCase; it never changes.</param>
/// <param name="Name">The name that people read.</param>
public sealed record Metric(string Key, string Name)
{
    /// <summary>
    /// The formula in plain text. E is equity at each bar's close, r its simple returns, b the benchmark's, n their number.
    /// </summary>
    public required string Formula { get; init; }

    /// <summary>The publication, program or convention that the definition comes from.</summary>
    public required string Source { get; init; }

    public required MetricUnit Unit { get; init; }

    /// <summary>Whether higher or lower values are better.</summary>
    public required MetricDirection Better { get; init; }

    public required MetricGroup Group { get; init; }

    /// <summary>
    /// Parts that must have been measured. A metric that needs a part of <see cref="MetricParts.Later"/> reads that part and
    /// <see cref="MetricInput.Earlier"/>.
    /// </summary>
    public required MetricParts Needs { get; init; }

    public required MetricFormula Compute { get; init; }

    /// <summary>The heading of a narrow table.</summary>
    public string ShortName { get => field ?? Name; init; }

    /// <summary>The place in results.json; a metric without one comes last.</summary>
    public int Place { get; init; } = int.MaxValue;

    /// <summary>The place among the metrics of a curve, if it differs.</summary>
    public int CurvePlace { get => field == 0 ? Place : field; init; }

    /// <summary>The place among the columns of the terminal's table of strategies; 0 where it is none.</summary>
    public int Headline { get; init; }

    /// <summary>Whether the report colours it as a gain or a loss.</summary>
    public bool IsColoured { get; init; }

    /// <summary>Whether it is left out where it is zero.</summary>
    public bool OmitsZero { get; init; }

    /// <summary>The metric of an account that says the same of UTC days: a report shows only one of the two.</summary>
    public string? OfDays { get; init; }

    /// <summary>
    /// Whether it grows without bound as losses or deviations vanish, so it is undefined where nothing was lost: a ratio to them.
    /// </summary>
    public bool IsUnbounded { get; init; }

    /// <summary>The place of a value of this metric among other accounts' values.</summary>
    /// <param name="value">NaN = undefined.</param>
    /// <param name="totalReturn">The account's; an account with a gain whose unbounded metric is undefined has lost nothing.</param>
    /// <param name="isMinimised">Whether the smallest value is the best.</param>
    public MetricRank RankOf(double value, double totalReturn, bool isMinimised = false)
    {
        if (double.IsNaN(value) && IsUnbounded && totalReturn > 0) value = double.PositiveInfinity;
        return new MetricRank(isMinimised ? -value : value, totalReturn);
    }

    /// <summary>Whether the batch key <c>objective</c> accepts it: a metric of every strategy that can be better or worse.</summary>
    public bool IsObjective =>
        Better != MetricDirection.Neutral && (Needs & ~(MetricParts.Equity | MetricParts.Account | MetricParts.Trades)) == 0;
}
