namespace Granary.Reporting.Runs;

/// <summary>Detects records that are too short for annualized figures.</summary>
public static class ShortRecord
{
    // The mean of fewer returns is not approximately normal, whatever their distribution.
    private const int Least = 30;

    /// <summary>Returns a warning about a short record; null if it is long enough, or has no returns.</summary>
    public static string? Sentence(long returns) => returns is > 0 and < Least
        ? $"The record has only {Counted.Of(returns, "return")}: with fewer than {Least}, figures by the year (Sharpe, Sortino, "
            + "volatility, CAGR) are mostly chance."
        : null;
}
