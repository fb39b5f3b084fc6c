namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.rebalance</c>.</summary>
public sealed record BatchRebalance
{
    /// <summary>Interval between choices; default <c>13w</c>.</summary>
    public string? Every { get; init; }

    /// <summary>The past that a choice uses, or all; default <c>52w</c>.</summary>
    public string? Window { get; init; }

    /// <summary>For matching-pursuit and score: most strategies that are chosen; default <c>20</c>.</summary>
    public int? MaxStrategies { get; init; }

    /// <summary>
    /// For matching-pursuit and score: strategies with a higher correlation to a chosen one are skipped; default <c>0.7</c>.
    /// </summary>
    public double? MaxCorrelation { get; init; }

    /// <summary>
    /// For matching-pursuit, score and the allocation methods: greatest weight as a share of the total; default <c>1</c>.
    /// </summary>
    public double? MaxWeight { get; init; }

    /// <summary>For allocation methods: least weight of each strategy; default <c>0</c>.</summary>
    public double? MinWeight { get; init; }

    /// <summary>For allocation methods: greatest sum of the weights of a symbol's strategies.</summary>
    public double? MaxSymbolWeight { get; init; }

    /// <summary>For allocation methods: greatest sum of the weights in each of limits.groups.</summary>
    public double? MaxGroupWeight { get; init; }

    /// <summary>For allocation methods: price of a change of weight, in the unit of the method's objective; default <c>0</c>.</summary>
    public double? TurnoverPenalty { get; init; }

    /// <summary>For allocation methods: share of the scaled identity in the covariance.</summary>
    public double? Shrinkage { get; init; }

    /// <summary>For regime: fewest closed trades in a state for a conclusion; default <c>5</c>.</summary>
    public int? MinTrades { get; init; }
}
