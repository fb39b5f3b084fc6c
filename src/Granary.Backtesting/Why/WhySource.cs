using Granary.Contracts.Why;

namespace Granary.Backtesting.Why;

/// <summary>The record that a replay is compared with and described by: a run's files, or a session's journal.</summary>
/// <param name="Name">Id of the run, or of the account.</param>
/// <param name="Command">The beginning of the command that prints the answer, such as <c>granary why runs/a</c>.</param>
internal sealed record WhySource(string Name, bool IsLive, string Command)
{
    /// <summary>The recorded decision, quantity and outcome of a signal of a strategy, by its number; null if they are not known.</summary>
    public Func<int, RecordedSignal?> SignalOf { get; init; } = static _ => null;

    /// <summary>Id of the strategy as the run names it; null = the replayed strategy's id.</summary>
    public string? Strategy { get; init; }

    /// <summary>Signals of the strategy in the run before the first one of the replay: a fold of a walk-forward has only its own.</summary>
    public int SignalsBefore { get; init; }

    /// <summary>Facts of a session's venue between two times in UTC ticks, the second excluded.</summary>
    public Func<long, long, IReadOnlyList<WhyFact>> FactsIn { get; init; } = static (_, _) => [];

    /// <summary>The times without entries, by the operator, that overlap with a time in UTC ticks, whose end is excluded.</summary>
    public Func<long, long, IReadOnlyList<(long From, long To)>> PausesIn { get; init; } = static (_, _) => [];

    /// <summary>
    /// Sentences about what an operator did with the strategy's trades between two times in UTC ticks, the second excluded.
    /// </summary>
    public Func<long, long, IReadOnlyList<string>> CommandsIn { get; init; } = static (_, _) => [];

    /// <summary>Limits of every answer, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A signal as a run or a journal recorded it.</summary>
/// <param name="Decision">A word of the portfolio's decisions; null if the portfolio was not asked.</param>
/// <param name="Granted">Base units; null if it is not recorded.</param>
/// <param name="Outcome">null if it is not known yet.</param>
internal sealed record RecordedSignal(string? Decision, double? Granted, string? Outcome)
{
    /// <summary>Why a session did not send an entry that was accepted; null if it did.</summary>
    public string? Skipped { get; init; }
}
