using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>One run of a strategy on a group's account, over one window or several that chose it one after the other.</summary>
/// <param name="Windows">The first and the last window in which it trades.</param>
/// <param name="Own">The events of its own account.</param>
/// <param name="Member">
/// Those of the run with a resizing account, which a portfolio follows in its place; empty where there is none.
/// </param>
internal sealed record AccountRun(
    StrategyInstance Strategy, UInt128 Fingerprint, (int First, int Last) Windows, MemoryEventLog Own, MemoryEventLog Member)
{
    /// <summary>What a portfolio follows.</summary>
    public MemoryEventLog Followed => Member.ChunkCount(Strategy.Index) > 0 ? Member : Own;

    /// <summary>The fills and trades of its own account, and what holding them cost.</summary>
    public IReadOnlyList<RunEvent> Events { get; } = [.. EventsOf(Own, Strategy.Index)
        .Where(e => e.Kind
            is RunEventKind.Entry or RunEventKind.Fill or RunEventKind.Financing or RunEventKind.Split || e.IsTradeRow)];

    /// <summary>Signals of the run that a portfolio follows.</summary>
    public int Signals => EventsOf(Followed, Strategy.Index).Count(e => e.IsSignal);

    /// <summary>Trades of the run that a portfolio follows.</summary>
    public int Trades => EventsOf(Followed, Strategy.Index).Count(e => e.Kind == RunEventKind.Trade);

    private static List<RunEvent> EventsOf(MemoryEventLog log, int strategy)
    {
        var events = new List<RunEvent>();
        foreach (var chunk in log.ChunksOf(strategy))
        {
            var reader = new RunEventReader(chunk);
            while (reader.Next(out var e, out _)) events.Add(e);
        }
        return events;
    }
}

/// <summary>
/// Trades a group's choices one after the other on one account: each run begins with the cash that the run before has left. A strategy that
/// is chosen again keeps its positions; one that is not closes them at the first open of the next window.
/// </summary>
/// <param name="models">By window.</param>
internal sealed class GroupTrading(WalkForwardInput input, IReadOnlyList<WindowModels> models)
{
    private readonly BatchPlan _plan = input.Plan;
    private readonly IReadOnlyList<WalkForwardWindow> _windows = input.Windows;


    // A longer bar is only shown when it is over, so that its first open comes with the bars behind it.
    private const int BarsToClose = 8;

    /// <param name="choices">By window: a strategy's index, or −1.</param>
    public async Task<IReadOnlyList<AccountRun>> RunAsync(IReadOnlyList<int> choices, CancellationToken cancellationToken)
    {
        var runs = new List<AccountRun>();
        var cash = _plan.Spec.Cash;
        for (var first = 0; first < choices.Count;)
        {
            var last = first;
            while (last + 1 < choices.Count && choices[last + 1] == choices[first]) last++;
            if (choices[first] >= 0 && cash > 0 && await RunAsync(choices[first], first, last, cash, cancellationToken) is { } done)
            {
                runs.Add(done.Run);
                cash = done.Cash;
            }
            first = last + 1;
        }
        return runs;
    }

    private async Task<(AccountRun Run, double Cash)?> RunAsync(int strategy, int first, int last, double cash,
        CancellationToken cancellationToken)
    {
        var isLast = last == _windows.Count - 1;
        var instance = _plan.Instances[strategy];
        instance = instance with
        {
            Trading = instance.Trading with
            {
                Cash = cash,
                TradeFrom = _windows[first].At,
                TradeUntil = isLast ? long.MaxValue : _windows[last].To
            },
            Model = Model(instance, first, last),
        };
        var cut = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var symbol in instance.Symbols.Concat(instance.References))
        {
            var bars = input.Markets[symbol];
            // An order that a bar's volume bounds may take any number of bars to fill.
            var after = isLast ? 0
                : _plan.Spec.Execution.Settings.VolumeShare > 0 ? bars.Whole.Count
                : BarsToClose * (instance.Timeframe.Ticks / _plan.Spec.Data.Timeframe.Ticks);
            var series = bars.Cut(_windows[first].From, _windows[last].To, input.Spec.WarmUp, after);
            if (series.Count == 0) return null;
            cut[symbol] = new OpenedMarket(symbol, series, bars.Instrument) { HasEnded = isLast && bars.HasEnded };
        }
        var (own, alone) = (new MemoryEventLog(), _plan.Alone(instance));
        var outcomes = await new StrategyPass(alone, cut) { Events = own }.OutcomesAsync(new EmbeddedHost(1), cancellationToken);
        if (outcomes.Values.Single() is not { Statistics: { } statistics } outcome) return null;
        var member = await MemberRuns.OfAsync(alone, cut, [strategy], own, cancellationToken);
        return (new AccountRun(instance, outcome.Fingerprint, (first, last), own, member), statistics.FinalEquity);
    }

    private IEntryModel? Model(StrategyInstance strategy, int first, int last)
    {
        var filters = new List<(long From, IEntryModel? Model)>();
        for (var w = first; w <= last; w++) filters.Add((_windows[w].At, models[w].WindowFilters.GetValueOrDefault(strategy.Index)));
        return filters.TrueForAll(j => j.Model is null) ? null
            : Watched(filters, strategy.Timeframe) ?? (IEntryModel)new ScheduledModel(filters);
    }

    // One model with a version for each window, so that its watch goes on from window to window. Null where there is no watch, or a window
    // has no model.
    private static EntryModel? Watched(List<(long From, IEntryModel? Model)> filters, Timeframe timeframe)
    {
        List<EntryModel> windows = [.. filters.Select(f => f.Model).OfType<EntryModel>()];
        if (windows.Count < filters.Count || windows[0].Watch is not { } rule) return null;
        // A window's first entries are known when its first bar has closed.
        var versions = windows.Select((m, i) => m.Windows[^1] with { From = timeframe.CloseOf(filters[i].From), Number = i + 1 });
        return new EntryModel(windows[0].Name, windows[0].Features, [.. versions], windows[0].Rule, windows[0].Meaning) { Watch = rule };
    }
}
