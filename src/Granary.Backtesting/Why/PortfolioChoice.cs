using Granary.Simulation.Passes;

namespace Granary.Backtesting.Why;

/// <summary>The way in which a replay runs the portfolio.</summary>
/// <param name="Weights">By strategy index; null = the batch's rule chooses them again.</param>
internal sealed record PortfolioChoice(IReadOnlyList<double>? Weights)
{
    /// <summary>Why the portfolio cannot be replayed, one sentence; null if it can.</summary>
    public string? Missing { get; init; }

    /// <summary>
    /// Called after each row with the close time of its bars, UTC ticks, to apply what an operator has changed; null for a batch.
    /// </summary>
    public Action<PortfolioDriver, long>? RowEnded { get; init; }

    /// <summary>Open time of the first bar that the portfolio trades, UTC ticks; null = the batch's.</summary>
    public long? Start { get; init; }
}
