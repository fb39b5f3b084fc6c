// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Something in a collection has changed; read it again by its id.</summary>
public sealed record ChangeEvent
{
    /// <summary>job, run, weights, session or deployment.</summary>
    public required string Kind { get; init; }

    /// <summary>Of the job, run, portfolio, session, or the number of the deployment.</summary>
    public required string Id { get; init; }

    /// <summary>A job's or run's state, a session's phase, the version of weights, what was done to a deployment; or removed.</summary>
    public required string State { get; init; }

    /// <summary>When the server noticed it, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
