namespace Granary;

/// <summary>The keys of a batch's <c>strategies.search.space</c>.</summary>
public sealed record BatchRange
{
    /// <summary>Lowest value.</summary>
    public double? From { get; init; }

    /// <summary>Highest value.</summary>
    public double? To { get; init; }

    /// <summary>Whether ratios count instead of differences; both ends are then positive; default <c>false</c>.</summary>
    public bool? Log { get; init; }

    /// <summary>Distance between two values, from from on; not with log.</summary>
    public double? Step { get; init; }

    /// <summary>The values themselves, instead of a range.</summary>
    public Values? Values { get; init; }
}
