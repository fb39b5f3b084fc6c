// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileWalkForward
{
    public string? InSample { get; init; }

    public string? OutOfSample { get; init; }

    /// <summary>One of rolling, anchored.</summary>
    public string? Mode { get; init; }

    public string? Objective { get; init; }

    /// <summary>One of parameters, market, batch.</summary>
    public string? Choose { get; init; }

    public long? WarmUp { get; init; }

    public long? MinTrades { get; init; }
}
