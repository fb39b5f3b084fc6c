using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// The events of a walk-forward by group. Signals come from consecutive selections, with continuous numbers. Each has the outcome in the
/// selection's own account, which takes every entry at full size, and the number of the window whose model judged it.
/// </summary>
internal sealed class StitchedEvents(WalkForwardOutcome outcome, IReadOnlyDictionary<string, CachedSeries> bars) : IRunEvents
{
    public IEnumerable<Trade> Trades(int strategy) => outcome.Groups[strategy].Trades.Select(t => t.Trade);

    public IEnumerable<SignalRow> Signals(int strategy) => PlacedIn(strategy).SelectMany(p => SignalsOf(strategy, p));

    /// <summary>Returns the judged signals of all windows, by group, then time. Monitoring continues within a run of one model.</summary>
    public IReadOnlyList<ModelPeriod> Judged()
    {
        List<ModelPeriod> judged = [];
        for (var g = 0; g < outcome.Groups.Count; g++)
            foreach (var placed in PlacedIn(g))
                judged.AddRange(JudgedIn(g, placed));
        return judged;
    }

    private IEnumerable<ModelPeriod> JudgedIn(int group, PlacedRun placed)
    {
        var (run, first) = (placed.Run, placed.Run.Windows.First);
        ModelPeriod Of(EntryModel model, Func<SignalRow, bool> isOf, int earlier) => ModelPeriod.Of(group, outcome.Groups[group].Name,
            model, run.Strategy.Timeframe, bars[run.Strategy.Symbols[0]].Instrument.Multiplier,
            () => SignalsOf(group, placed).Where(isOf), earlier);
        if (run.Strategy.Model is EntryModel whole) return [Of(whole, _ => true, first)];
        if (run.Strategy.Model is not ScheduledModel scheduled) return [];
        var models = scheduled.Models.Select((m, i) => (Model: m.Model as EntryModel, Window: first + i))
            .Where(m => m.Model is not null).Select(m => (Model: m.Model!, m.Window)).ToList();
        // Each window's own monitoring sees only its signals.
        return models.Count == 0 ? [] : models[0].Model.Watch is null ? [Of(models[0].Model, _ => true, first)]
            : models.Select(m => Of(m.Model, r => r.Signal.ModelVersion == m.Window + 1, m.Window));
    }

    private List<PlacedRun> PlacedIn(int group)
    {
        var (placed, signals, closings) = (new List<PlacedRun>(), 0, 0);
        var answered = new Dictionary<int, int>();
        foreach (var run in outcome.Runs[group])
        {
            var before = answered.GetValueOrDefault(run.Strategy.Index);
            var own = run.Signals;
            placed.Add(new PlacedRun(run, signals, closings, before));
            answered[run.Strategy.Index] = before + own;
            (signals, closings) = (signals + own, closings + run.Trades);
        }
        return placed;
    }

    private IEnumerable<SignalRow> SignalsOf(int group, PlacedRun placed)
    {
        var (run, members) = (placed.Run, outcome.Groups[group].Members);
        var answers = outcome.Portfolio.Decisions.GetValueOrDefault(run.Strategy.Index);
        foreach (var row in SignalOutcomes.Of(run.Followed, run.Strategy.Index,
            number => answers is null ? Decision.WeightZero : answers[placed.Answered + number - 1]))
        {
            var version = row.Signal.ModelVersion;
            yield return row with
            {
                Signal = row.Signal with
                {
                    Number = row.Signal.Number + placed.Signals,
                    ModelVersion = version == 0 ? 0 : version + run.Windows.First,
                },
                Trade = row.Trade is { } trade ? ChoiceGroup.Numbered(members, run.Strategy, trade) : null,
                Closing = row.Closing == 0 ? 0 : row.Closing + placed.Closings,
                SymbolIndex = ChoiceGroup.Numbered(members, run.Strategy, row.SymbolIndex),
            };
        }
    }

    // A run with its offsets within the group: signals of the runs before it, closed trades of the runs before it, and signals of its own
    // strategy before it.
    private sealed record PlacedRun(AccountRun Run, int Signals, int Closings, int Answered);

    public IReadOnlyList<string> FactorNames(int strategy) => [];

    public IEnumerable<PortfolioTrade> PortfolioTrades() => outcome.Trades;

    public IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills() => outcome.Fills;

    public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) =>
        from placed in PlacedIn(strategy)
        from e in placed.Run.Events
        where e.Kind == RunEventKinds.Roll
        select (placed.Run.Strategy.Symbols[e.SymbolIndex], e.Roll with { Number = e.Number + placed.Signals });

    public IReadOnlyList<Bar> Bars(string symbol, string timeframe, int most)
    {
        if (!bars.TryGetValue(symbol, out var market)) return [];
        var all = market.Blocks.Sum(b => (long)b.Count);
        var stride = Math.Max(1, (all + most - 1) / most);
        var merged = new List<Bar>();
        foreach (var block in market.Blocks)
            for (var i = 0; i < block.Count; i++)
            {
                var bar = block[i];
                if ((block.FirstIndex + i) % stride == 0) merged.Add(bar);
                else merged[^1] = merged[^1].JoinedWith(bar);
            }
        return merged;
    }
}
