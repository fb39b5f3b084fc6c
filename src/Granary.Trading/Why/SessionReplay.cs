using System.Text;
using Granary.Backtesting.Why;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Trading.Live;

namespace Granary.Trading.Why;

/// <summary>Runs a session again over the bars of its journal, with the changes of its operator.</summary>
/// <param name="start">The last start in the journal.</param>
/// <param name="facts">All facts of the journal, in order.</param>
internal sealed class SessionReplay(string account, SessionStarted start, IReadOnlyList<JournalEvent> facts, GranaryCatalogues catalogues)
{
    private readonly FactLine _lines = new(facts);
    private readonly Lazy<BatchSpec> _read = new(() => ReadProduction(account, start, catalogues).Spec);

    private static Production ReadProduction(string account, SessionStarted start, GranaryCatalogues catalogues) =>
        start.Traded is { } traded
            ? new ProductionReader(catalogues).Read($"configuration {traded.Hash[..8]} of the journal", Encoding.UTF8.GetBytes(traded.Text),
                traded.Folder)
            : throw new InputException($"the journal of {account} does not have its configuration, since an earlier Granary wrote it; "
                + "start the session again, and ask then");

    /// <summary>Limits of the answers, one sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. facts.OfType<DeploymentSwitched>().Any()
            ? new[] { "The account was handed over from another deployment; decisions before that are those of the journal." } : [],
    ];

    /// <summary>Returns the recorded decision on a signal of a strategy, by its number.</summary>
    public Func<int, RecordedSignal?> SignalOf(string strategy)
    {
        var skipped = facts.OfType<EntrySkipped>().Where(e => e.Strategy == strategy).ToLookup(e => e.Number);
        var decided = facts.OfType<SignalDecided>().Where(e => e.Strategy == strategy).ToLookup(e => e.Number);
        return number => decided[number].LastOrDefault() is { } d
            ? new RecordedSignal(d.Decision.Word, d.Granted, null) { Skipped = skipped[number].LastOrDefault()?.Why } : null;
    }

    /// <summary>The times without entries that overlap with a time in UTC ticks, whose end is excluded.</summary>
    public IReadOnlyList<(long From, long To)> PausesIn(long from, long to)
    {
        var pauses = new EntryPauses();
        foreach (var fact in facts) pauses.Take(fact);
        return [.. pauses.In(from, to)];
    }

    /// <summary>Sentences about the operator's commands on a strategy's trades between two UTC ticks, the second excluded.</summary>
    public IReadOnlyList<string> CommandsIn(string strategy, long from, long to) =>
    [
        .. facts.OfType<SessionControlled>().Where(c => c.Timestamp >= from && c.Timestamp < to
                && (c.Command == SessionCommand.Flatten || c.Trade is not null && c.Strategy == strategy))
            .Select(c => $"At the close {RunText.Time(c.Timestamp)}, {_lines.Words(c)}."),
    ];

    /// <summary>Open time of the bar of a signal, UTC ticks; null if the journal has no such signal.</summary>
    public long? TimeOf(string strategy, int number) =>
        facts.OfType<SignalDecided>().LastOrDefault(e => e.Strategy == strategy && e.Number == number)?.Period;

    /// <summary>The timeframe of a strategy's bars; for an unknown strategy the session's.</summary>
    public Timeframe TimeframeOf(string strategy)
    {
        var spec = _read.Value;
        return spec.Strategies.FirstOrDefault(s => s.Id == strategy)?.Timeframes is [var timeframe, ..] ? timeframe : spec.Data.Timeframe;
    }

    /// <param name="around">A time of the bars to keep, UTC ticks.</param>
    /// <exception cref="InputException">The session has no such strategy, or it failed.</exception>
    public async Task<WhyReplay> RecordAsync(string strategy, long around)
    {
        // Models of a configuration change while it runs, so each replay reads it again.
        var traded = ReadProduction(account, start, catalogues).Spec;
        var spec = HandedTrades.Combine(traded, HandedTrades.LastSwitch(facts), catalogues) with { Benchmark = null };
        spec = spec with { Data = spec.Data with { Taken = SessionRates.Of(spec, facts, start.Instruments) } };
        SessionModels.Add(spec.Strategies.Select(s => s.Model).OfType<EntryModel>(),
            facts.Reverse().TakeWhile(f => f is not DeploymentSwitched).OfType<ModelChanged>().Reverse(), catalogues);
        var opening = new BatchOpening
        {
            Threads = Environment.ProcessorCount,
            Yes = true,
            Sources = _ => Bars(spec),
            Planned = BatchWeights.Checked,
            IsLive = true,
            HasBars = true,
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, CancellationToken.None).ConfigureAwait(false);
        var plan = opened.Plan;
        var instance = plan.Instances.FirstOrDefault(i => i.Id == strategy)
            ?? throw new InputException($"strategy {strategy}: the session of {account} has no strategy of this id"
                + (Spelling.Nearest(strategy, plan.Instances.Select(i => i.Id)) is { } near ? $"; did you mean '{near}'?"
                    : $"; its first one is {plan.Instances[0].Id}"));
        var portfolio = new PortfolioChoice([.. plan.Instances.Select(i => spec.Portfolio.FixedWeights?.GetValueOrDefault(i.Id) ?? 0)])
        {
            Missing = spec.Portfolio.Policy is not null || spec.Portfolio.WeightsByState is not null || spec.Portfolio.Risk.Count > 0
                ? "The portfolio is not shown: a model of the configuration decides its weights or its exposure." : null,
            RowEnded = Changes(plan),
            Start = Start(spec),
        };
        var recorded = SignalOf(strategy);
        return (await WhyReplay.RecordAsync(new StrategyPass(plan, opened.Markets), instance, around, portfolio).ConfigureAwait(false))
            .Checked(number => recorded(number)?.Decision);
    }

    private LiveBars Bars(BatchSpec spec)
    {
        // Averages are exact in the decimals of the prices, and quantities are multiples of the lot.
        var bars = new LiveBars([.. spec.Data.Symbols.Select(s => new MarketSeries(start.Instruments.FirstOrDefault(i => i.Symbol == s)
            ?? throw new InputException($"the journal of {account} does not have the instrument of {s}; start the session again, and ask "
                + "then"), spec.Data.Timeframe))]);
        foreach (var closed in facts.OfType<BarsTaken>().SelectMany(t => t.Bars))
            if (closed.Timeframe == spec.Data.Timeframe && spec.Data.Symbols.Contains(closed.Symbol, StringComparer.Ordinal))
                bars.Add(closed);
        return bars;
    }

    // As when the session took its first bar to trade.
    private long? Start(BatchSpec spec)
    {
        var taken = facts.OfType<BarsTaken>().ToList();
        var first = taken.FindIndex(t => !t.Warm);
        return first <= 0 ? spec.Portfolio.From
            : Math.Max(spec.Portfolio.From ?? long.MinValue, spec.Data.Timeframe.OpenOf(taken[first].Timestamp));
    }

    // Weights, enablement and commands apply from the bar after the one at which they were written.
    private Action<PortfolioDriver, long> Changes(BatchPlan plan)
    {
        var changes = new Queue<JournalEvent>(facts.Where(e => e is WeightsChanged or EnablementChanged or SessionControlled)
            .OrderBy(e => e.Timestamp));
        var entries = new Lazy<Dictionary<string, (int Strategy, int Number)>>(() => EntriesOf(plan));
        return (driver, close) =>
        {
            for (; changes.TryPeek(out var change) && change.Timestamp <= close; changes.Dequeue())
            {
                if (change is SessionControlled control) Control(driver, control, entries);
                else
                    foreach (var instance in plan.Instances)
                        if (change is WeightsChanged weights && weights.Weights.TryGetValue(instance.Id, out var weight))
                            driver.Run.SetWeight(instance.Index, weight);
                        else if (change is EnablementChanged enabled && (enabled.Strategy.Length > 0 ? enabled.Strategy == instance.Id
                            : instance.Symbols.Contains(enabled.Symbol, StringComparer.Ordinal)))
                            driver.Run.SetEnabled(instance.Index, enabled.Enabled);
            }
        };
    }

    // The strategy's index and the trade's number of each entry, by its order id.
    private Dictionary<string, (int Strategy, int Number)> EntriesOf(BatchPlan plan)
    {
        var indices = plan.Instances.ToDictionary(i => i.Id, i => i.Index, StringComparer.Ordinal);
        var found = new Dictionary<string, (int Strategy, int Number)>(StringComparer.Ordinal);
        foreach (var intent in facts.OfType<OrderIntended>())
            if (intent.Order.Closes is null && indices.TryGetValue(intent.Strategy, out var index))
                found[intent.Order.ClientId] = (index, intent.Trade);
        return found;
    }

    // As the session's own portfolio took the command.
    private static void Control(PortfolioDriver driver, SessionControlled control,
        Lazy<Dictionary<string, (int Strategy, int Number)>> entries)
    {
        switch (control.Command)
        {
            case SessionCommand.Pause: driver.SetPaused(true); break;
            case SessionCommand.Resume: driver.SetPaused(false); break;
            case SessionCommand.Flatten:
                driver.SetPaused(true);
                driver.CloseForOperator(null);
                break;
            case SessionCommand.Close or SessionCommand.Reverse when entries.Value.TryGetValue(control.Trade ?? "", out var trade):
                var isPart = control.Command == SessionCommand.Close && control.Order is not null;
                driver.CloseForOperator(trade, isPart ? control.Order!.Share : 1);
                break;
        }
    }
}
