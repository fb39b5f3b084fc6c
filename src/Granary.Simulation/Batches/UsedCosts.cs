using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Batches;

/// <summary>The measured costs that the orders of a batch pay.</summary>
/// <param name="File">The file, as the batch names it.</param>
/// <param name="Hash">SHA-256 of its content.</param>
/// <param name="Timeframe">Timeframe of the bars by which size and range were measured; null without bars.</param>
/// <param name="Model">The costs of market orders against one reference price.</param>
internal sealed record UsedCosts(string File, string Hash, string? Timeframe, CostModel Model, CostsAt At)
{
    /// <summary>The costs of stop orders; null if they pay like market orders.</summary>
    public CostModel? Stops { get; init; }

    /// <summary>The slippage of the orders.</summary>
    public required SlippageModel Slippage { get; init; }
}
