using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>A run of a strategy on a group's account, over one window or several consecutive windows that selected it.</summary>
/// <param name="Windows">The first and the last window in which it trades.</param>
/// <param name="Own">The events of its own account.</param>
/// <param name="Member">
/// The events of the run with a resizing account, which a portfolio follows instead; empty if there is none.
/// </param>
internal sealed record AccountRun(
    StrategyInstance Strategy, UInt128 Digest, (int First, int Last) Windows, MemoryEventLog Own, MemoryEventLog Member)
{
    /// <summary>The events that a portfolio follows.</summary>
    public MemoryEventLog Followed => Member.ChunkCount(Strategy.Index) > 0 ? Member : Own;

    /// <summary>The fills, trades and financing of its own account.</summary>
    public IReadOnlyList<RunEvent> Events { get; } = [.. Own.Events(Strategy.Index)
        .Where(e => e.Kind
            is RunEventKinds.Fill or RunEventKinds.Financing or RunEventKinds.Split or RunEventKinds.Roll || e.IsTradeRow)];

    /// <summary>The number of signals in the run that a portfolio follows.</summary>
    public int Signals => Followed.Events(Strategy.Index).Count(e => e.Kind == RunEventKinds.Signal);

    /// <summary>The number of trades in the run that a portfolio follows.</summary>
    public int Trades => Followed.Events(Strategy.Index).Count(e => e.Kind == RunEventKinds.Trade);
}

/// <summary>
/// Trades a group's selections one after another on one account: each run starts with the cash of the previous one. A strategy that is
/// selected again keeps its positions; otherwise they are closed at the first open of the next window.
/// </summary>
/// <param name="models">The models by window.</param>
internal sealed class GroupTrading(WalkForwardInput input, IReadOnlyList<WindowModels> models)
{
    private readonly BatchPlan _plan = input.Plan;
    private readonly IReadOnlyList<WalkForwardWindow> _windows = input.Windows;


    // A longer bar arrives only at its end, so its first open comes together with later bars.
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
        if (MarketsOf(instance, first, last) is not { } cut) return null;
        var (own, alone) = (new MemoryEventLog(), _plan.Alone(instance));
        var outcomes = await new StrategyPass(alone, cut) { Events = own }.OutcomesAsync(new EmbeddedHost(1), cancellationToken);
        if (outcomes.Values.Single() is not { Statistics: { } statistics } outcome) return null;
        var member = await MemberRuns.OfAsync(alone, cut, [strategy], own, cancellationToken);
        return (new AccountRun(instance, outcome.Digest, (first, last), own, member), statistics.FinalEquity);
    }

    /// <summary>The bars that a strategy reads for consecutive windows; null if a symbol has none.</summary>
    /// <param name="first">Index of the first window.</param>
    /// <param name="last">Index of the last window.</param>
    public IReadOnlyDictionary<string, OpenedMarket>? MarketsOf(StrategyInstance instance, int first, int last)
    {
        var isLast = last == _windows.Count - 1;
        var cut = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
        foreach (var symbol in instance.Symbols.Concat(instance.References))
        {
            var bars = input.Markets[symbol];
            // With a volume cap, an order may take any number of bars to fill.
            var after = isLast ? 0
                : _plan.Spec.Execution.Settings.VolumeShare > 0 ? bars.Whole.Count
                : BarsToClose * (instance.Timeframe.Ticks / _plan.Spec.Data.Timeframe.Ticks);
            var series = bars.Cut(_windows[first].From, _windows[last].To, input.Spec.WarmUp, after);
            if (series.Count == 0) return null;
            cut[symbol] = new OpenedMarket(symbol, series, bars.Instrument) { HasEnded = isLast && bars.HasEnded };
        }
        return cut;
    }

    private IEntryModel? Model(StrategyInstance strategy, int first, int last)
    {
        var filters = new List<(long From, IEntryModel? Model)>();
        for (var w = first; w <= last; w++) filters.Add((_windows[w].At, models[w].WindowFilters.GetValueOrDefault(strategy.Index)));
        return filters.TrueForAll(j => j.Model is null) ? null
            : Watched(filters, strategy.Timeframe) ?? (IEntryModel)new ScheduledModel(filters);
    }

    // Creates one model with a version for each window, so that monitoring continues across windows. Null without monitoring, or if a
    // window has no model.
    private static EntryModel? Watched(List<(long From, IEntryModel? Model)> filters, Timeframe timeframe)
    {
        List<EntryModel> windows = [.. filters.Select(f => f.Model).OfType<EntryModel>()];
        if (windows.Count < filters.Count || windows[0].Watch is not { } rule) return null;
        // A window's first entries are known when its first bar has closed.
        var versions = windows.Select((m, i) => m.Windows[^1] with { From = timeframe.CloseOf(filters[i].From), Number = i + 1 });
        return new EntryModel(windows[0].Name, windows[0].Features, [.. versions], windows[0].Rule, windows[0].Meaning) { Watch = rule };
    }
}
