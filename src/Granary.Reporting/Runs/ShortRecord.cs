using System.Globalization;

namespace Granary.Reporting.Runs;

/// <summary>Detects records that are too short for annualized figures.</summary>
internal static class ShortRecord
{
    // The mean of fewer returns is not approximately normal, whatever their distribution.
    private const int Least = 30;

    // In less time, growth by the year is the growth of the record to a power above twelve.
    private const double LeastDays = 30;

    /// <summary>Returns a warning about a short record, by its number of returns or by its time; none if it is long enough.</summary>
    /// <param name="days">Calendar days from the first point to the last.</param>
    public static IEnumerable<string> Of(long returns, double days)
    {
        if (returns <= 0) yield break;
        if (returns < Least)
            yield return $"The record has only {Counted.Of(returns, "return")}: with fewer than {Least}, figures by the year (Sharpe, "
                + "Sortino, volatility, CAGR) are mostly chance.";
        else if (days < LeastDays)
            yield return $"The record covers only {Span(days)}: figures by the year (CAGR, Calmar, Sharpe, Sortino, volatility) extend it "
                + "to a year, and say little about one.";
    }

    private static string Span(double days) => days >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{days:0.#} days")
        : string.Create(CultureInfo.InvariantCulture, $"{days * 24:0.#} hours");
}
