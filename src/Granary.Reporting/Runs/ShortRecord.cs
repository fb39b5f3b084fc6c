namespace Granary.Reporting.Runs;

/// <summary>Records that are too short for figures by the year.</summary>
public static class ShortRecord
{
    // A mean of fewer returns has no normal distribution to speak of, whatever they are returns of.
    private const int Least = 30;

    /// <summary>What a reader must know before the figures; null where the record is long enough, or has no returns.</summary>
    public static string? Sentence(long returns) => returns is > 0 and < Least
        ? $"The record has only {Counted.Of(returns, "return")}: with fewer than {Least}, figures by the year (Sharpe, Sortino, "
            + "volatility, CAGR) are mostly chance."
        : null;
}
