using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>Notes on what the windows of a walk-forward chose, and on what they did not.</summary>
internal static class WalkForwardNotes
{
    public static IEnumerable<RunNote> Of(WalkForwardOutcome outcome, BatchLearning? learning)
    {
        if (outcome.Idle is { } idle) yield return idle.ToNote();
        var (windows, chose) = (outcome.Windows.Count, WindowsThatChose(outcome));
        if (chose == 0) yield break;
        yield return new RunNote(NoteCode.WalkForward,
            $"Every figure is out of sample: parameters were chosen on one stretch and traded on the next, {Counted.Of(chose, "time")}. "
            + "Each row of the strategies is a choice that was made again each time; the parameters shown are the last.", chose);
        var choices = outcome.Groups.Sum(g => g.Choices.Count);
        var missing = choices - Made(outcome);
        if (missing > 0)
            yield return new RunNote(NoteCode.WalkForward,
                $"{Counted.Of(missing, choices, "choice")} could not be made, and nothing was traded in their place: "
                    + $"{WhyNotChosen(outcome)}.", missing);
        if (learning is null) yield break;
        yield return new RunNote(NoteCode.WalkForward,
            "Models were trained again inside each window's in-sample stretch: there they judged the choice by samples that they had not "
                + "seen, and what had learned from the whole stretch judged the trades that followed. "
            + "The learning section below is of models trained over the whole record, which the last choice goes on with.", windows);
        var without = outcome.Models.Where(m => m.Missing.Count > 0).ToList();
        if (without.Count > 0)
            yield return new RunNote(NoteCode.Learning,
                $"In {Counted.Of(without.Count, windows, "window")} a model could not be made, and its strategies went on without, "
                    + $"first {without[0].Missing[0].Model}: {without[0].Missing[0].Why}", without.Count);
    }

    /// <summary>Why the account never held a position; null if it did.</summary>
    public static IdlePortfolio? IdleOf(WalkForwardOutcome outcome) => Made(outcome) > 0 ? outcome.Portfolio.Idle
        : new IdlePortfolio($"no window chose anything, since {WhyNotChosen(outcome)}", false);

    private static int Made(WalkForwardOutcome outcome) => outcome.Groups.Sum(g => g.Choices.Count(c => c.Strategy >= 0));

    private static int WindowsThatChose(WalkForwardOutcome outcome) => outcome.Groups.SelectMany(g => g.Choices)
        .Where(c => c.Strategy >= 0).DistinctBy(c => c.Window.Index).Count();

    private static string WhyNotChosen(WalkForwardOutcome outcome)
    {
        var fewest = outcome.Plan.Searches.Select(s => s.Spec.MinTrades).Append(outcome.Spec.MinTrades).Max();
        return fewest > 0
            ? $"no combination had at least {Counted.Of(fewest, "closed trade")} and a defined '{outcome.Spec.Objective.Text}' in sample; "
                + "lower 'minTrades', or lengthen walkForward.inSample"
            : $"no combination had a defined '{outcome.Spec.Objective.Text}' in sample; lengthen walkForward.inSample, or widen the "
                + "parameters";
    }
}
