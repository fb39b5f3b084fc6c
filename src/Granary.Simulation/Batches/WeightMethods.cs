using Granary.Engine.Portfolio.Allocation;

namespace Granary.Simulation.Batches;

/// <summary>The rules of <c>portfolio.weights</c>.</summary>
internal static class WeightMethods
{
    /// <summary>Equal weights of all profitable strategies.</summary>
    public const string Winners = "winners";

    /// <summary>Equal weights of all strategies.</summary>
    public const string Equal = "equal";

    /// <summary>Weights by a score of the past equity, chosen at each rebalance.</summary>
    public const string Score = "score";

    /// <summary>Weights by matching pursuit of a constant return over past equity, chosen at each rebalance.</summary>
    public const string MatchingPursuit = "matching-pursuit";

    /// <summary>Weights by regime state.</summary>
    public const string Regime = "regime";

    /// <summary>Weights by a policy that PPO trains.</summary>
    public const string Ppo = "ppo";

    /// <summary>Weights by a policy that tilts the selection of matching pursuit.</summary>
    public const string Adaptive = "adaptive";

    /// <summary>The best trial of each search, and the strategies without a search.</summary>
    public const string Best = "best";

    /// <summary>All rules; the rules of <see cref="AllocationMethods"/> weigh by past returns, chosen at each rebalance.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Winners, Equal, Score, MatchingPursuit, .. AllocationMethods.All, Regime, Ppo, Adaptive, Best];

    /// <summary>Whether the rule is an allocation method.</summary>
    public static bool IsAllocation(string? rule) => rule is not null && AllocationMethods.All.Contains(rule, StringComparer.Ordinal);
}
