namespace Granary;

/// <summary>The keys of a batch's <c>portfolio</c>.</summary>
public sealed record PortfolioSetup
{
    /// <summary>A rule, such as <c>equal</c> or <c>score</c>, a file <c>csv:FILE</c>, or weights by strategy.</summary>
    public GivenWeights? Weights { get; init; }

    /// <summary>Entries that the portfolio refuses or reduces.</summary>
    public BatchLimits? Limits { get; init; }

    /// <summary>Instead of the strategies' own sizes; times the weight.</summary>
    public BatchPortfolioSize? Size { get; init; }

    /// <summary>Weights over time.</summary>
    public BatchRebalance? Rebalance { get; init; }

    /// <summary>Says how ppo and adaptive learn: reinforcement.md.</summary>
    public BatchAllocator? Allocator { get; init; }

    /// <summary>
    /// Time before which given weights were chosen; later bars are out of sample if the trial ledger shows that they stood.
    /// </summary>
    public string? ChosenBefore { get; init; }

    /// <summary>
    /// First bar that the portfolio trades; before it, strategies trade only in their own accounts, as on the earlier bars of a live
    /// session. Not in a walk-forward.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Resize or reject an entry that the cash does not pay: sharing; default <c>resize</c>.</summary>
    public string? OnInsufficientCash { get; init; }

    /// <summary>Admits strategies and symbols each UTC day by their last closed trades.</summary>
    public BatchEnable? Enable { get; init; }

    /// <summary>
    /// The broker that the portfolio is planned for. A batch that it cannot trade (short sales on a spot market, too much leverage) is
    /// refused before it runs.
    /// </summary>
    public string? Broker { get; init; }
}
