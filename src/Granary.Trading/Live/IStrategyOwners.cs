namespace Granary.Trading.Live;

/// <summary>The owners of a live session's strategies. The session runs the strategies on their behalf.</summary>
internal interface IStrategyOwners
{
    /// <summary>Returns after each strategy has an owner. The runs are created afterwards.</summary>
    /// <param name="strategies">Ids of the strategies.</param>
    Task OwnAsync(IReadOnlyList<string> strategies, CancellationToken cancellationToken);
}
