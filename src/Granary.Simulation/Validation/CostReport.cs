using System.Globalization;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>States whether the costs of a run were measured, and the verdict at the upper end of their interval.</summary>
internal static class CostReport
{
    public const string Measured = "measured", Assumed = "assumed";

    /// <param name="upper">The weighted strategies at the upper end; null if it was not computed.</param>
    /// <returns>Null if nothing was simulated: all trades are recorded.</returns>
    public static ValidationCheck? FindingOf(BatchPlan plan, CostStress? upper)
    {
        if (plan.Instances.Count > 0 && plan.Instances.All(RecordedRuns.IsRecorded)) return null;
        if (plan.Spec.Execution.Costs is not { } costs)
            return ValidationCheck.Missing($"{Assumed}, not measured: slippage is what the batch sets; fills show what it is "
                + "('granary costs fit')") with
            { Word = Assumed };
        var sentence = $"{Measured}: {Text($"{costs.Model.Fills:N0} fills")} in {costs.File} (hash {costs.Hash[..12]}), at the "
            + (costs.At == CostsAt.Upper ? "upper end" : "mean") + $", against the {Reference(costs.Model.Reference)}; "
            + (costs.Stops is { } stops ? $"stop orders pay their own costs, of {Counted.Of(stops.Fills, "fill")} against their trigger; "
                : "stop orders pay the costs of market orders, because no fills of stops were measured; ")
            + VerdictOf(costs, upper);
        return new ValidationCheck(ValidationState.Passed, sentence,
            [("fills", costs.Model.Fills), ("mean", costs.Model.Pool.Mean), ("upper", costs.Model.Pool.Upper),
                ("stopFills", costs.Stops?.Fills ?? 0), ("stopMean", costs.Stops?.Pool.Mean ?? double.NaN),
                ("stopUpper", costs.Stops?.Pool.Upper ?? double.NaN),
                ("return", upper?.Return ?? double.NaN), ("upperReturn", upper?.Stressed ?? double.NaN),
                ("stillProfitable", upper?.StillProfitable ?? double.NaN), ("strategies", upper?.Strategies ?? double.NaN)])
        { Word = Measured };
    }

    private static string VerdictOf(UsedCosts costs, CostStress? upper)
    {
        if (costs.At == CostsAt.Upper) return "every figure and every check is at the upper end";
        if (upper is null) return "the verdict at the upper end was not computed (--no-guards)";
        if (upper.Strategies == 0) return "no strategy has a weight, so there is no verdict at the upper end";
        var (returns, now) = (100 * upper.Return, 100 * upper.Stressed);
        return (upper.IsOfPortfolio ? "at the upper end the stitched equity earns "
                : "at the upper end the weighted strategies, each in its own account, earn on average ")
            + Text($"{now:N2} % instead of {returns:N2} %, and {Counted.Of(upper.StillProfitable, upper.Strategies, "strategy")} still ")
            + (upper.StillProfitable == 1 || upper.Strategies == 1 ? "earns" : "earn")
            + (upper.Passed ? ": the result survives the upper end of the costs"
                : ": the result does not survive the upper end of the costs");
    }

    private static string Reference(string reference) => reference switch
    {
        "open" => "next open",
        "close" => "signal's close",
        _ => "mid of bid and ask",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
