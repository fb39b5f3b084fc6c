using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;

namespace Granary;

/// <summary>A finished run. Its folder has the same as files, for <c>granary</c>, the dashboard and other programs.</summary>
public sealed class BacktestResult
{
    private readonly BatchRun _run;

    internal BacktestResult(BatchRun run, IReadOnlyList<BacktestStrategy> strategies, BacktestPortfolio portfolio)
    {
        (_run, Strategies, Portfolio) = (run, strategies, portfolio);
        Verdict = Verdict.Of(run.Model.Verdict);
        Trials = TrialCount.Of(run.Model.Trials);
        Windows = [.. run.Model.Section<WalkForwardResults>()?.Groups.SelectMany(BacktestWindow.Of) ?? []];
    }

    /// <summary>Name of the batch.</summary>
    public string Name => _run.Model.Name;

    /// <summary>The run's folder, absolute.</summary>
    public string Folder => _run.Folder;

    /// <summary>Path of the report; null if <c>outputs</c> leaves it out.</summary>
    public string? Report => _run.Report;

    /// <summary>Hash of all signals, trades and equities: equal runs have equal digests.</summary>
    public string Digest => _run.Model.Digest;

    /// <summary>Whether the run was stopped before its end.</summary>
    public bool IsInterrupted => _run.Interrupted;

    /// <summary>All strategies in the order of the batch; of a search, its trials.</summary>
    public IReadOnlyList<BacktestStrategy> Strategies { get; }

    /// <summary>The portfolio of the strategies; of a walk-forward, out of sample.</summary>
    public BacktestPortfolio Portfolio { get; }

    /// <summary>The choices of each window of a walk-forward; empty for other runs.</summary>
    public IReadOnlyList<BacktestWindow> Windows { get; }

    /// <summary>Whether the portfolio may be traded.</summary>
    public Verdict Verdict { get; }

    /// <summary>Trials on these bars; null if they were not counted.</summary>
    public TrialCount? Trials { get; }

    /// <summary>Sentences to read before the figures, most important first.</summary>
    public IReadOnlyList<string> Notes => [.. _run.Model.Notes.Select(n => n.Sentence)];

    public override string ToString() => $"{Name}: {Verdict}";
}
