using System.Globalization;
using Granary.Contracts.Jobs;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Server.Access;

namespace Granary.Server.Budgets;

/// <summary>Describes how a caller stands against its limits.</summary>
internal static class BudgetStanding
{
    /// <param name="used">Different combinations that the caller has tried.</param>
    /// <param name="years">Length of the record that the luck bar is for, above 0.</param>
    public static TrialStanding Of(TrialLimits? limits, int used, double years)
    {
        var luck = new LuckBar(used).PerYear(years);
        var budget = limits?.Trials is { } allowed ? $"{Counted.Of(used, allowed, "trial")} {(used == 1 ? "is" : "are")} used"
            : $"{Counted.Of(used, "trial")} {(used == 1 ? "is" : "are")} used";
        return new TrialStanding(used, limits?.Trials, limits?.Trials is { } most ? Math.Max(0, most - used) : null, limits?.Holdout, luck,
            years, string.Create(CultureInfo.InvariantCulture, $"{budget}; the best of so many worthless trials would show an annual Sharpe "
                + $"ratio of {luck:0.00} over {years:0.##} {(years == 1 ? "year" : "years")}"));
    }
}
