namespace Granary;

/// <summary>The keys of a batch's <c>resampling</c>.</summary>
public sealed record BatchResampling
{
    /// <summary>Paths of each method; 0 = no resampling.</summary>
    public int? Paths { get; init; }

    /// <summary>Seed of the paths.</summary>
    public long? Seed { get; init; }

    /// <summary>Profit to reach, in percent of the start; default <c>100</c>.</summary>
    public double? GoalPercent { get; init; }

    /// <summary>Loss that counts as ruin, in percent of the start; default <c>50</c>.</summary>
    public double? RuinPercent { get; init; }

    /// <summary>Share of the trades that skipped leaves out, in percent; default <c>10</c>.</summary>
    public double? SkipPercent { get; init; }
}
