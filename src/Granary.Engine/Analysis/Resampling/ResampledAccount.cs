namespace Granary.Engine.Analysis.Resampling;

/// <summary>The figures of the paths that one method draws from an account's record.</summary>
internal sealed record ResampledAccount
{
    public required ResamplingMethod Method { get; init; }

    public required int Paths { get; init; }

    /// <summary>The number of returns of the record, and of each path.</summary>
    public required int Returns { get; init; }

    /// <summary>Expected length of a block, in returns; NaN without blocks.</summary>
    public required double MeanBlock { get; init; }

    /// <summary>The times of the fan, UTC ticks, from the start on.</summary>
    public required IReadOnlyList<long> Times { get; init; }

    /// <summary>The account's own equity at these times, account currency.</summary>
    public required IReadOnlyList<double> Equity { get; init; }

    /// <summary>[quantiles][times]: the quantiles of the equity of all paths, account currency.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Fan { get; init; }

    /// <summary>Account currency.</summary>
    public required QuantileRow FinalEquity { get; init; }

    /// <summary>Positive fractions of the running peak.</summary>
    public required QuantileRow MaxDrawdown { get; init; }

    /// <summary>The longest time from a peak to its recovery or to the end, calendar days.</summary>
    public required QuantileRow UnderwaterDays { get; init; }

    /// <summary>The share of paths that fall to the level of ruin.</summary>
    public required double Ruin { get; init; }

    /// <summary>The share of paths that reach the goal.</summary>
    public required double Goal { get; init; }

    /// <summary>Horizons within the record, shortest first.</summary>
    public required IReadOnlyList<HorizonLoss> Losses { get; init; }

    /// <summary>By risk, ascending.</summary>
    public required IReadOnlyList<RiskSize> Sizes { get; init; }
}

/// <summary>A figure of the account, and its quantiles over all paths.</summary>
/// <param name="Own">The account's own value.</param>
/// <param name="Values">As many as <see cref="ResamplingPlan.Quantiles"/>, in their order.</param>
internal sealed record QuantileRow(double Own, IReadOnlyList<double> Values);

/// <summary>The share of paths with a loss at a horizon.</summary>
internal sealed record HorizonLoss(int Months, double Probability);

/// <summary>The position size at which a given share of the paths is ruined.</summary>
/// <param name="Risk">A probability.</param>
/// <param name="Size">
/// A multiple of the actual size; infinite if no size up to 1,024 has the risk, 1/1,024 if each size from there on has it.
/// </param>
internal sealed record RiskSize(double Risk, double Size);
