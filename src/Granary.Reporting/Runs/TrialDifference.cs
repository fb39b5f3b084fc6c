using System.Globalization;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Runs;

/// <summary>Differences in the validation of two runs because the trial ledger had grown between them.</summary>
/// <param name="Sentence">For the reader of both.</param>
/// <param name="TrialsA">On the bars, when the first run was judged.</param>
/// <param name="TrialsB">When the second was.</param>
/// <param name="DeflatedA">The first portfolio's deflated Sharpe ratio.</param>
/// <param name="DeflatedB">The second's.</param>
internal sealed record TrialDifference(string Sentence, long TrialsA, long TrialsB, double DeflatedA, double DeflatedB)
{
    /// <returns>Null if the ledger makes no difference, or if the trials of one run are unknown.</returns>
    public static TrialDifference? Of(RunModel a, RunModel b)
    {
        if (a is not { Trials: { } first, Portfolio: { } own } || b is not { Trials: { } second, Portfolio: { } other }) return null;
        var (x, y) = (own[CheckMetrics.DeflatedSharpe], other[CheckMetrics.DeflatedSharpe]);
        if (first.Effective == second.Effective || !double.IsFinite(x) || !double.IsFinite(y) || x == y) return null;
        var (inA, inB) = (x > ValidationChecks.Confidence, y > ValidationChecks.Confidence);
        var conclusion = inA == inB ? "both are judged alike" : $"{(inA ? "A" : "B")} passes the check and {(inA ? "B" : "A")} does not";
        return new TrialDifference(string.Create(CultureInfo.InvariantCulture,
            $"The trial ledger held {Counted.Of(first.Trials, "trial")} on the bars when A was judged and {second.Trials:N0} when B was: the ")
            + string.Create(CultureInfo.InvariantCulture, $"deflated Sharpe ratio is {x:P1} in A and {y:P1} in B; {conclusion}."),
            first.Trials, second.Trials, x, y);
    }
}
