using Granary.Engine;

namespace Granary.Learning.Tracking;

/// <summary>Constraints of a sparse replication.</summary>
internal sealed record PursuitOptions
{
    /// <summary>The maximum number of names.</summary>
    public required int MaxNames { get; init; }

    /// <summary>
    /// Stops when ‖residual‖ ≤ threshold · ‖target‖ (of the centred target with an intercept); 0 continues to <see cref="MaxNames"/>.
    /// </summary>
    public double ResidualThreshold { get; init; }

    /// <summary>Whether to fit a constant return in addition to the names.</summary>
    public bool Intercept { get; init; }

    /// <summary>Whether to rank names by |x′r| / ‖x‖ instead of |x′r|, so volatile names have no advantage.</summary>
    public bool NormaliseAtoms { get; init; }

    /// <summary>Whether short weights are excluded.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Whether weights must add up to 1.</summary>
    public bool SumToOne { get; init; }

    /// <summary>The minimum absolute weight; names below it are not held.</summary>
    public double MinWeight { get; init; }

    /// <summary>The maximum absolute weight.</summary>
    public double MaxWeight { get; init; } = double.PositiveInfinity;

    /// <summary>Previous weights by column; null for none. They only matter with a turnover penalty.</summary>
    public IReadOnlyList<double>? PreviousWeights { get; init; }

    /// <summary>
    /// The price of one unit of weight change, in units of ‖target‖². The objective is ½‖residual‖² + ‖target‖² · Σ (penalty + cost) ·
    /// |weight − previous|.
    /// </summary>
    public double TurnoverPenalty { get; init; }

    /// <summary>Additional cost of a unit of each name, in the same unit, by column; null for nothing.</summary>
    public IReadOnlyList<double>? Costs { get; init; }

    /// <summary>
    /// The maximum correlation of a name's returns with a selected one (in absolute value if weights may be negative); names above it are
    /// skipped. 1 skips none.
    /// </summary>
    public double MaxCorrelation { get; init; } = 1;

    /// <summary>
    /// The search for better names after a pursuit with constraints. Without constraints it has no effect.
    /// </summary>
    public Refinement Refinement { get; init; }

    internal bool IsConstrained => NonNegative || SumToOne || MinWeight > 0 || double.IsFinite(MaxWeight) || HasPenalty;

    internal bool HasPenalty => TurnoverPenalty > 0 || Costs is not null;

    /// <exception cref="InputException">A value is out of range, or no weights satisfy the constraints.</exception>
    internal void Check(ReturnPanel panel, int targetLength)
    {
        if (targetLength != panel.Periods) throw new InputException($"the target has {targetLength} periods, the panel {panel.Periods}");
        if (MaxNames < 1) throw new InputException($"at most {MaxNames} names: at least 1 is needed");
        if (!(ResidualThreshold >= 0)) throw new InputException($"a residual threshold of {ResidualThreshold} is not a share from 0 up");
        if (!(MinWeight >= 0) || !(MaxWeight > 0) || MinWeight > MaxWeight)
            throw new InputException($"weights from {MinWeight} to {MaxWeight}: the least must be at least 0 and not above the most");
        if (SumToOne && MaxWeight * Math.Min(MaxNames, panel.Count) < 1)
            throw new InputException($"{Math.Min(MaxNames, panel.Count)} names of at "
                + $"most {MaxWeight} cannot add up to 1: allow more names or larger weights");
        if (SumToOne && MinWeight > 1) throw new InputException($"a least weight of {MinWeight} exceeds the whole");
        if (!(TurnoverPenalty >= 0)) throw new InputException($"a turnover penalty of {TurnoverPenalty} is negative");
        if (!(MaxCorrelation is > 0 and <= 1)) throw new InputException($"a largest correlation of {MaxCorrelation} is not in (0, 1]");
        if (PreviousWeights is { } p && p.Count != panel.Count)
            throw new InputException($"{p.Count} previous weights for {panel.Count} names");
        if (Costs is { } c && (c.Count != panel.Count || c.Any(v => !(v >= 0))))
            throw new InputException("costs are one number from 0 up for each name");
    }
}
