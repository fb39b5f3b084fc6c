namespace Granary.Contracts.Runs;

/// <summary>A judgement of a run on the bars that were held out from it.</summary>
/// <param name="Run">The run that was chosen.</param>
/// <param name="Holdout">UTC; the judgement reads bars that open then or later.</param>
/// <param name="By">Who judged: the user of the command line, or the id of the job.</param>
/// <param name="At">UTC.</param>
/// <param name="Why">What the judge wrote; null = nothing.</param>
/// <param name="Number">How many judgements of this research on this holdout there are with it, from 1.</param>
/// <param name="Result">The name of the run's folder with the files of the judgement.</param>
/// <param name="Before">What the run showed before the holdout.</param>
/// <param name="After">What its strategies did on the held out bars; null while the judgement runs.</param>
/// <param name="Sentence">The verdict in words; null while the judgement runs.</param>
public sealed record HoldoutJudgement(string Run, DateTimeOffset Holdout, string By, DateTimeOffset At, string? Why, int Number,
    string Result, HoldoutFigures Before, HoldoutFigures? After, string? Sentence);

/// <summary>Figures of a portfolio on one side of a holdout.</summary>
/// <param name="TotalReturn">Fraction; null if undefined.</param>
/// <param name="Sharpe">Annual; null if undefined.</param>
/// <param name="MaxDrawdown">Positive fraction of the peak; null if undefined.</param>
/// <param name="Passed">Before: whether all validation checks passed. After: whether the probability is at least 0.95.</param>
/// <param name="Probability">After: probability that the true Sharpe ratio exceeds what the best of so many worthless judgements would
/// show; null before, and if it is undefined.</param>
public sealed record HoldoutFigures(double? TotalReturn, double? Sharpe, double? MaxDrawdown, bool Passed, double? Probability = null);
