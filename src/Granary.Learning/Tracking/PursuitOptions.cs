namespace Granary.Learning.Tracking;

/// <summary>What a sparse replication may look like.</summary>
public sealed record PursuitOptions
{
    /// <summary>The most names that are held.</summary>
    public required int MaxNames { get; init; }

    /// <summary>
    /// Stops as soon as ‖residual‖ ≤ threshold · ‖target‖ (of the centred target with an intercept); 0 goes on to <see cref="MaxNames"/>.
    /// </summary>
    public double ResidualThreshold { get; init; }

    /// <summary>Fits a constant return beside the names.</summary>
    public bool Intercept { get; init; }

    /// <summary>Judges a name by |x′r| / ‖x‖ instead of |x′r|, so that volatile names have no advantage.</summary>
    public bool NormaliseAtoms { get; init; }

    /// <summary>No short weights.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Weights add up to 1.</summary>
    public bool SumToOne { get; init; }

    /// <summary>Names whose weight would be smaller (in absolute value) are not held at all.</summary>
    public double MinWeight { get; init; }

    /// <summary>No weight is larger (in absolute value).</summary>
    public double MaxWeight { get; init; } = double.PositiveInfinity;

    /// <summary>Weights held before, by column; null for none. Only with a penalty do they matter.</summary>
    public IReadOnlyList<double>? PreviousWeights { get; init; }

    /// <summary>
    /// The price of moving one unit of weight, in units of ‖target‖²: minimised is ½‖residual‖² + ‖target‖² · Σ (penalty + cost) · |weight
    /// − previous|.
    /// </summary>
    public double TurnoverPenalty { get; init; }

    /// <summary>What trading a unit of each name costs on top, in the same unit, by column; null for nothing.</summary>
    public IReadOnlyList<double>? Costs { get; init; }

    /// <summary>
    /// A name whose returns correlate more than this with one already chosen is passed over (in absolute value where weights may be
    /// negative); 1 passes over none.
    /// </summary>
    public double MaxCorrelation { get; init; } = 1;

    /// <summary>
    /// With constraints: whether better names than the pursuit's are looked for. Without, matching pursuit is left as it is.
    /// </summary>
    public Refinement Refinement { get; init; }

    internal bool IsConstrained => NonNegative || SumToOne || MinWeight > 0 || double.IsFinite(MaxWeight) || HasPenalty;

    internal bool HasPenalty => TurnoverPenalty > 0 || Costs is not null;

    /// <exception cref="ArgumentException">Out of range, or a set of constraints that no weights can meet.</exception>
    internal void Check(ReturnPanel panel, int targetLength)
    {
        if (targetLength != panel.Periods) throw new ArgumentException($"the target has {targetLength} periods, the panel {panel.Periods}");
        if (MaxNames < 1) throw new ArgumentException($"at most {MaxNames} names: at least 1 is needed");
        if (!(ResidualThreshold >= 0)) throw new ArgumentException($"a residual threshold of {ResidualThreshold} is not a share from 0 up");
        if (!(MinWeight >= 0) || !(MaxWeight > 0) || MinWeight > MaxWeight)
            throw new ArgumentException($"weights from {MinWeight} to {MaxWeight}: the least must be at least 0 and not above the most");
        if (SumToOne && MaxWeight * Math.Min(MaxNames, panel.Count) < 1)
            throw new ArgumentException($"{Math.Min(MaxNames, panel.Count)} names of at "
                + $"most {MaxWeight} cannot add up to 1: allow more names or larger weights");
        if (SumToOne && MinWeight > 1) throw new ArgumentException($"a least weight of {MinWeight} exceeds the whole");
        if (!(TurnoverPenalty >= 0)) throw new ArgumentException($"a turnover penalty of {TurnoverPenalty} is negative");
        if (!(MaxCorrelation is > 0 and <= 1)) throw new ArgumentException($"a largest correlation of {MaxCorrelation} is not in (0, 1]");
        if (PreviousWeights is { } p && p.Count != panel.Count)
            throw new ArgumentException($"{p.Count} previous weights for {panel.Count} names");
        if (Costs is { } c && (c.Count != panel.Count || c.Any(v => !(v >= 0))))
            throw new ArgumentException("costs are one number from 0 up for each name");
    }
}
