using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>Schedule for choosing weights, and the past data for each choice: the batch file's <c>portfolio.rebalance</c>.</summary>
internal sealed record RebalanceSpec : IKeyFaults
{
    public static RebalanceSpec Default { get; } = new();

    [Key("interval between choices")]
    public CalendarSpan Every { get; init; } = CalendarSpan.OfDays(13 * 7);

    /// <summary>Length of the past that a choice uses; null = the whole past.</summary>
    [Key("the past that a choice uses, or `all`", Words = "all")]
    public CalendarSpan? Window { get; init; } = CalendarSpan.OfDays(52 * 7);

    [Key("for `matching-pursuit` and `score`: most strategies that are chosen"), Range(1, 10_000)]
    public int MaxStrategies { get; init; } = 20;

    [Key("for `matching-pursuit` and `score`: strategies with a higher correlation to a chosen one are skipped"), Range(0.01, 1)]
    public double MaxCorrelation { get; init; } = 0.7;

    [Key("for `matching-pursuit`, `score` and the [allocation methods](allocation.md): greatest weight as a share of the total"),
        Range(0.0001, 1)]
    public double MaxWeight { get; init; } = 1;

    [Key("for allocation methods: least weight of each strategy"), Range(0, 1)]
    public double MinWeight { get; init; }

    [Key("for allocation methods: greatest sum of the weights of a symbol's strategies", Without = "no bound"), Range(0.0001, 1)]
    public double? MaxSymbolWeight { get; init; }

    [Key("for allocation methods: greatest sum of the weights in each of `limits.groups`", Without = "no bound"), Range(0.0001, 1)]
    public double? MaxGroupWeight { get; init; }

    [Key("for allocation methods: price of a change of weight, in the [unit of the method's objective](allocation.md#turnover)"),
        Range(0, 1)]
    public double TurnoverPenalty { get; init; }

    [Key("for allocation methods: share of the scaled identity in the covariance", Without = "that of Ledoit and Wolf"), Range(0, 1)]
    public double? Shrinkage { get; init; }

    [Key("for `regime`: fewest closed trades in a state for a conclusion"), Range(1, 1_000_000)]
    public int MinTrades { get; init; } = 5;

    /// <summary>The keys that only allocation methods read.</summary>
    public static IReadOnlyList<string> AllocationKeys { get; } =
        ["minWeight", "maxSymbolWeight", "maxGroupWeight", "turnoverPenalty", "shrinkage"];

    /// <summary>Whether a rule of weights reads a key of this section.</summary>
    /// <param name="rule">One of <see cref="WeightMethods.All"/>.</param>
    public static bool IsReadBy(string rule, string key) => key switch
    {
        "every" or "window" => true,
        "maxStrategies" or "maxCorrelation" => rule is WeightMethods.MatchingPursuit or WeightMethods.Score or WeightMethods.Adaptive,
        "maxWeight" => IsReadBy(rule, "maxStrategies") || WeightMethods.IsAllocation(rule),
        "minTrades" => rule == WeightMethods.Regime,
        _ => WeightMethods.IsAllocation(rule),
    };

    IEnumerable<(string Key, string Fault)> IKeyFaults.KeyFaults => MinWeight > MaxWeight
        ? [("minWeight", FormattableString.Invariant($"{MinWeight} is more than maxWeight, {MaxWeight}; give a smaller one"))] : [];

    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    public static RebalanceSpec Read(JsonPart part) => RecordKeys<RebalanceSpec>.Read(part);
}
