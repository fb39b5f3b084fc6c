using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

internal sealed record PortfolioSpec
{
    /// <summary>A <see cref="WeightMethods"/>; null if <see cref="FixedWeights"/> are given.</summary>
    public string? Rule { get; init; } = WeightMethods.Winners;

    /// <summary>Weights by strategy id.</summary>
    public IReadOnlyDictionary<string, double>? FixedWeights { get; init; }

    public required PortfolioLimits Limits { get; init; }

    public PortfolioSizing Sizing { get; init; } = PortfolioSizing.Own;

    /// <summary>Rule that decides which strategies and symbols may enter; null = all may enter at any time.</summary>
    public EnablementRule? Enablement { get; init; }

    /// <summary>Schedule for choosing new weights; null = rules that use the whole period choose once.</summary>
    public RebalanceSpec? Rebalance { get; init; }

    /// <summary>Settings of the rules <c>ppo</c> and <c>adaptive</c>; null for the defaults.</summary>
    public AllocatorSpec? Allocator { get; init; }

    /// <summary>Policy that decides the weights row by row, in a production configuration; null = none.</summary>
    public PolicyPlan? Policy { get; init; }

    /// <summary>
    /// Weights per regime state by strategy id, in the order of the states. A live session uses them to continue the rule <c>regime</c>.
    /// Null if weights do not depend on regimes.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? WeightsByState { get; init; }

    /// <summary>
    /// The given weights were chosen on bars before this time, UTC ticks, so later bars are out of sample. Null if the batch does not say.
    /// </summary>
    public long? ChosenBefore { get; init; }

    /// <summary>
    /// Open time of the first bar that the portfolio trades, UTC ticks. Before it, only the strategies' own accounts trade. Null for all
    /// bars.
    /// </summary>
    public long? From { get; init; }

    /// <summary>Models that cap the exposure at entries; set after training, or by a production configuration.</summary>
    public IReadOnlyList<RiskUse> Risk { get; init; } = [];

    /// <summary>The intended broker, which must be able to trade the portfolio; null for none.</summary>
    public string? Broker { get; init; }

    /// <summary>The section in the file, from which custom rules read their settings; null if there is none.</summary>
    public JsonPart? Place { get; init; }
}
