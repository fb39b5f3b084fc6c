namespace Granary.Reporting.Runs;

/// <summary>All that was ever tried on the data sets of a run.</summary>
/// <param name="Trials">Different combinations, those of this run included.</param>
/// <param name="New">How many of them had not been run before.</param>
/// <param name="Effective">How many independent trials they amount to: the sum of their shares, at least that of this run.</param>
/// <param name="Own">The same of this run alone.</param>
/// <param name="Sharpes">The daily Sharpe ratios that were found at this run's costs, of those that have one.</param>
public sealed record TrialCensus(long Trials, long New, double Effective, double Own, TrialSharpes Sharpes)
{
    /// <summary>Why the trials of other batches are not counted; null where they are.</summary>
    public string? Fault { get; init; }
}

/// <summary>How the daily Sharpe ratios of trials are spread.</summary>
/// <param name="Mean">NaN without any.</param>
/// <param name="Variance">With ddof 1; NaN for fewer than two.</param>
public readonly record struct TrialSharpes(long Count, double Mean, double Variance);
