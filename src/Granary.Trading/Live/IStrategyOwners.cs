namespace Granary.Trading.Live;

/// <summary>Owners of the strategies of a live session, on behalf of which the session processes the runs.</summary>
public interface IStrategyOwners
{
    /// <summary>Returns when each strategy has an owner; only then its run is made.</summary>
    /// <param name="strategies">Ids.</param>
    Task OwnAsync(IReadOnlyList<string> strategies, CancellationToken cancellationToken);
}
