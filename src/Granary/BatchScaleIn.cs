namespace Granary;

/// <summary>The keys of a batch's <c>strategies.scaleIn</c>.</summary>
public sealed record BatchScaleIn
{
    /// <summary>Distance from the entry's fill price in the direction of a gain; less than 0 in that of a loss.</summary>
    public required double Percent { get; init; }

    /// <summary>Quantity as a multiple of the strategy's size; default <c>1</c>.</summary>
    public double? Share { get; init; }
}
