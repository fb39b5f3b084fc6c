using System.Globalization;
using Granary.Contracts.Jobs;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Server.Access;

namespace Granary.Server.Research;

/// <summary>Describes how a caller stands against its limits.</summary>
public static class ResearchStanding
{
    /// <param name="used">Different combinations that the caller has tried.</param>
    /// <param name="years">Length of the record that the luck bar is for, above 0.</param>
    public static TrialStanding Of(ResearchLimits? limits, int used, double years)
    {
        var luck = LuckBar(used, years);
        var budget = limits?.Trials is { } allowed ? $"{Counted.Of(used, allowed, "trial")} {(used == 1 ? "is" : "are")} used"
            : $"{Counted.Of(used, "trial")} {(used == 1 ? "is" : "are")} used";
        return new TrialStanding(used, limits?.Trials, limits?.Trials is { } most ? Math.Max(0, most - used) : null, limits?.Holdout, luck,
            years, string.Create(CultureInfo.InvariantCulture, $"{budget}; the best of so many worthless trials would show an annual Sharpe "
                + $"ratio of {luck:0.00} over {years:0.##} {(years == 1 ? "year" : "years")}"));
    }

    /// <summary>
    /// Returns the annual Sharpe ratio that the best of so many independent worthless trials is expected to show. A worthless strategy's
    /// estimate of it over T years has a variance of about 1/T (Lo, The statistics of Sharpe ratios, Financial Analysts Journal 58(4),
    /// 2002, at SR = 0), so this is <see cref="SharpeConfidence.ExpectedMaximum"/> with that variance.
    /// </summary>
    /// <param name="years">T, above 0.</param>
    public static double LuckBar(int trials, double years) => SharpeConfidence.ExpectedMaximum(1 / years, trials);
}
