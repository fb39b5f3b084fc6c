namespace Granary.Api.Health;

/// <summary>A check that must pass before the server reports that it is ready.</summary>
internal interface IReadinessCheck
{
    /// <summary>The name of the checked part, such as "database" or "cluster".</summary>
    string Name { get; }

    /// <returns>null if it works; one sentence if it does not.</returns>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);
}
