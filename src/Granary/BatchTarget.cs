namespace Granary;

/// <summary>The keys of a batch's <c>strategies.takeProfit</c>.</summary>
public sealed record BatchTarget
{
    /// <summary>Distance from the entry's fill price.</summary>
    public required double Percent { get; init; }

    /// <summary>Part of the entered quantity that it closes, up to 1.</summary>
    public double? Share { get; init; }
}
