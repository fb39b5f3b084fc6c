namespace Granary.Reporting.Runs;

/// <summary>All trials on the data sets of a run.</summary>
/// <param name="Trials">The number of different combinations, this run's included.</param>
/// <param name="New">The number of combinations that had not been run before.</param>
/// <param name="Effective">
/// The equivalent number of independent trials: the sum of the shares of all combinations, or the number of portfolios if it is larger.
/// Never less than <paramref name="Own"/>.
/// </param>
/// <param name="Own">The equivalent number of independent trials of this run alone.</param>
/// <param name="Sharpes">The daily Sharpe ratios of trials at this run's costs, if they have one.</param>
internal sealed record TrialCensus(long Trials, long New, double Effective, double Own, TrialSharpes Sharpes)
{
    /// <summary>The number of combinations of the same strategy classes on other markets over the same time.</summary>
    public long Siblings { get; init; }

    /// <summary>The number of portfolios on these days that did something different, this run's included; 0 without one.</summary>
    public int Portfolios { get; init; }

    /// <summary>
    /// Whether the ledger shows that the weights of the portfolio stood before the time that the batch names, when no run had seen later
    /// bars.
    /// </summary>
    public bool StoodBefore { get; init; }

    /// <summary>
    /// The luck of a portfolio of strategies that were chosen among the trials of other runs, in standard errors; 0 if other runs tried
    /// nothing else.
    /// </summary>
    public double Choice { get; init; }

    /// <summary>Whether no ledger was used, so only the trials of this run are counted.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Why the trials of other batches are not counted; null if they are.</summary>
    public string? Fault { get; init; }
}

/// <summary>Distribution of the daily Sharpe ratios of trials.</summary>
/// <param name="Mean">NaN without any.</param>
/// <param name="Variance">Sample variance (ddof 1); NaN for fewer than two.</param>
internal readonly record struct TrialSharpes(long Count, double Mean, double Variance);
