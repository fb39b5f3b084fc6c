namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.limits.groups</c>.</summary>
public sealed record BatchGroup
{
    /// <summary>The symbols of the group.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Longs plus shorts, in percent of the equity.</summary>
    public double? MaxPercent { get; init; }

    /// <summary>Trades open at once.</summary>
    public int? MaxPositions { get; init; }
}
