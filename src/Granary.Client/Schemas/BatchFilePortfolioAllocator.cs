// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFilePortfolioAllocator
{
    public long? Steps { get; init; }

    public long? Seeds { get; init; }

    public long? Episode { get; init; }

    public double? TrainingShare { get; init; }

    /// <summary>One of log-growth, differential-sharpe.</summary>
    public string? Reward { get; init; }

    public double? DrawdownPenalty { get; init; }

    public double? Band { get; init; }

    public string? Registry { get; init; }

    public string? Refresh { get; init; }
}
