namespace Granary.Application.Simulation;

/// <summary>What one strategy may take before it fails alone, so that it cannot take its host down.</summary>
public sealed record RunLimits
{
    /// <summary>For a host whose strategies are its user's own.</summary>
    public static RunLimits None { get; } = new();

    /// <summary>Longest time over one block of bars, wall clock; null = any.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Most bytes that it may allocate over one block of bars.</summary>
    public long BytesPerBlock { get; init; } = long.MaxValue;
}
