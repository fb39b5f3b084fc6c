using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Signals that came before the portfolio traded: before its first weights, or before <c>portfolio.from</c>.</summary>
internal sealed class EarlySignals
{
    private readonly HashSet<int> _strategies = [];

    public long Count { get; private set; }

    /// <summary>Time at which the last one was known, UTC ticks.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <param name="known">Time at which the signal was known, UTC ticks.</param>
    public void Add(int strategy, long known)
    {
        Count++;
        Last = Math.Max(Last, known);
        _strategies.Add(strategy);
    }

    /// <summary>Notes strategies with a weight that enter early and never again, so their weight is never used.</summary>
    /// <param name="decisions">Decisions on the signals of each strategy with a weight.</param>
    /// <param name="begin">When the portfolio began to trade, UTC ticks; null if unknown.</param>
    public IEnumerable<RunNote> NotesOf(BatchPlan plan, IReadOnlyDictionary<int, List<Decision>> decisions, long? begin)
    {
        var never = _strategies.Where(s => decisions[s].TrueForAll(d => d == Decision.WeightZero)).Order().ToList();
        if (never.Count > 0)
            yield return new RunNote(NoteCode.NoTrades,
                $"{Counted.Of(never.Count, decisions.Count, "strategy")} with a weight never traded in the portfolio, first "
                    + $"{plan.Instances[never[0]].Id}: all {(never.Count == 1 ? "its" : "their")} signals came "
                    + $"{IdlePortfolio.Before(begin)}. {IdlePortfolio.Remedy}", never.Count);
    }
}
