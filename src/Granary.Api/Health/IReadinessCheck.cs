namespace Granary.Api.Health;

/// <summary>Something that must work before the server takes requests.</summary>
public interface IReadinessCheck
{
    /// <summary>A word for it: "database", "cluster".</summary>
    string Name { get; }

    /// <returns>null if it works; one sentence if it does not.</returns>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);
}
