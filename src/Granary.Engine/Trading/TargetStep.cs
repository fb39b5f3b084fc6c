using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>A target of a part of a trade.</summary>
public sealed record TargetStep
{
    /// <summary>Percent.</summary>
    [Key("distance from the entry's fill price"), Range(1e-9, 10_000)]
    public required double Percent { get; init; }

    /// <summary>Fraction of the entered quantity; null = all that is left.</summary>
    [Key("part of the entered quantity that it closes, up to 1", Without = "all that is left"), Range(1e-9, 1)]
    public double? Share { get; init; }
}

/// <summary>A target of the whole trade that replaces the earlier one when the trade is old enough.</summary>
public sealed record TargetFall
{
    [Key("time since the entry: `40m`, `4h`, `2d`")]
    public required TimeSpan After { get; init; }

    /// <summary>Percent.</summary>
    [Key("distance from the entry's fill price; 0 closes without a gain, less than 0 with a loss"), Range(-99.99, 10_000)]
    public required double Percent { get; init; }
}

/// <summary>An order that adds to a position after its entry has filled.</summary>
public sealed record EntryStep
{
    /// <summary>Percent.</summary>
    [Key("distance from the entry's fill price in the direction of a gain; less than 0 in that of a loss"), Range(-99.99, 10_000)]
    public required double Percent { get; init; }

    [Key("quantity as a multiple of the strategy's `size`"), Range(1e-9, 1_000)]
    public double Share { get; init; } = 1;
}
