using Granary.Backtesting.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// The reasons for which an account differs from its session's portfolio, from the facts of the journal: what was decided then, what was
/// sent, and what came back.
/// </summary>
/// <param name="host">The session, after its run.</param>
/// <param name="timeframe">The timeframe of its bars.</param>
internal sealed class DivergenceReasons(LiveHost host, Timeframe timeframe)
{
    private readonly Dictionary<(string, int), string> _skipped = [];
    private readonly Dictionary<(string, int), SignalDecided> _decided = [];
    // The exits that the strategies decided, by the entry of their trade; a second exit of a trade follows from the first.
    private readonly Dictionary<string, OrderIntended> _exits = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal), _protected = new(StringComparer.Ordinal);
    private readonly EntryPauses _pauses = new();
    // These follow from the facts and the session up to now.
    private Dictionary<(string, int), PortfolioSignal>? _made;
    // The session's decision about a signal that the program of today gives a number.
    private Dictionary<(string, int), SignalDecided>? _recorded;
    private Dictionary<SignalPlace, int>? _numbers;
    private Dictionary<(string, int), SignalPlace>? _places;
    private Dictionary<(string, int), TrackedOrder>? _unfilled;
    private ILookup<string, (long Period, int? Version)>? _sessionVersions, _versions;

    /// <summary>Entries that were not sent, with the reason.</summary>
    public IReadOnlyDictionary<(string Strategy, int Number), string> Skipped => _skipped;

    /// <summary>Call it when the session has more bars or facts than at the last row.</summary>
    public void Refresh() =>
        (_made, _recorded, _numbers, _places, _unfilled, _sessionVersions, _versions) = (null, null, null, null, null, null, null);

    /// <summary>Takes a fact of the journal, in order.</summary>
    public void Take(JournalEvent e)
    {
        _pauses.Take(e);
        switch (e)
        {
            case EntrySkipped skipped:
                _skipped[(e.Strategy, skipped.Number)] = skipped.Why;
                break;
            case SignalDecided decided:
                _decided[(e.Strategy, decided.Number)] = decided;
                break;
            case OrderIntended { Role: OrderRole.Exit, Order.Closes: { } entry } exit:
                _exits.TryAdd(entry, exit);
                break;
            case SessionControlled { Command: SessionCommand.Close or SessionCommand.Reverse, Trade: { } trade }:
                _closed.Add(trade);
                break;
            case SessionControlled { Command: SessionCommand.Protect, Trade: { } kept }:
                _protected.Add(kept);
                break;
            case DeploymentSwitched:
                // Two configurations may number the trades of a strategy alike.
                _skipped.Clear();
                _decided.Clear();
                break;
        }
    }

    /// <summary>
    /// Returns the number that the program of today gives the signal of an account's trade; null if it does not make that signal.
    /// </summary>
    public int? NumberOf(AccountTrade trade)
    {
        if (!Places.TryGetValue((trade.Strategy, trade.Number), out var place)) return trade.Number;
        return Numbers.TryGetValue(place, out var number) ? number : null;
    }

    // The place of each signal of the session.
    private Dictionary<(string, int), SignalPlace> Places => _places ??= SignalPlace
        .Of(_decided.Values.OrderBy(d => d.Number), d => new SignalPlace(d.Strategy, d.Symbol, d.Period, d.Side, 0))
        .ToDictionary(p => (p.Signal.Strategy, p.Signal.Number), p => p.Place);

    private Dictionary<SignalPlace, int> Numbers => _numbers ??= MadePlaces.ToDictionary(p => p.Place, p => p.Decided.Signal.Number);

    private IEnumerable<(SignalPlace Place, PortfolioSignal Decided)> MadePlaces => SignalPlace
        .Of(host.Signals.OrderBy(s => s.Signal.Number), s => new SignalPlace(s.Id, s.Symbol, s.Signal.Time, s.Signal.Side, 0));

    private Dictionary<(string, int), PortfolioSignal> Made
    {
        get
        {
            if (_made is not null) return _made;
            _made = [];
            foreach (var s in host.Signals) _made.TryAdd((s.Id, s.Signal.Number), s);
            return _made;
        }
    }

    /// <summary>Completes the row of a trade that only the portfolio has.</summary>
    public DivergenceRow OnlyPlanned(DivergenceRow row)
    {
        var (known, recorded) = RecordedOf(row);
        var made = Made.GetValueOrDefault((row.Strategy, row.Number));
        if (known && recorded is null)
            return DecidedBy(row, made.Signal.Time, "the program of the session did not make this signal");
        if (recorded is { Granted: not > 0 } && made.Granted > 0)
            return DecidedBy(row, made.Signal.Time, $"the program of the session did not accept this signal: {recorded.Decision}");
        var number = recorded?.Number ?? row.Number;
        if (_skipped.TryGetValue((row.Strategy, number), out var skipped)) return row with { Cause = CauseOf(skipped), Why = skipped };
        if (recorded is { Granted: not > 0 })
            return row with { Cause = DivergenceCauses.MissedFill, Why = "smaller than the smallest quantity of its market" };
        if (Unfilled.GetValueOrDefault((row.Strategy, number)) is not { } order) return row;
        if (IsPending(order) && order.Order.Type == OrderType.Market)
            return row with { Cause = DivergenceCauses.Timing, Why = "the venue has not filled it yet" };
        var ended = order.State == OrderState.Closed ? order.Ended : order.State;
        var entry = row.Planned!.Value.EntryTime;
        var isPaused = _pauses.In(entry, (row.Timeframe ?? timeframe).CloseOf(entry) + 1).Any();
        return row with
        {
            Cause = ended == OrderState.Rejected ? DivergenceCauses.Refusal
                : ended == OrderState.Cancelled && (isPaused || _closed.Contains(order.Order.ClientId)) ? DivergenceCauses.Operator
                : DivergenceCauses.MissedFill,
            Why = $"{ended.ToString().ToLowerInvariant()}: {order.Reason}",
        };
    }

    // A decision of the session that today's is not: of another version of the model, otherwise of the program.
    private DivergenceRow DecidedBy(DivergenceRow row, long period, string why) => Versions(row.Strategy, period) is { } versions
        ? row with { Cause = DivergenceCauses.Model, Why = Sentence(versions) }
        : row with { Cause = DivergenceCauses.Code, Why = why };

    private static string Sentence((int Session, int Now) versions) =>
        $"version {versions.Session} of the model decided in the session, and {versions.Now} now";

    // The versions of a strategy's model that judge at a bar, in the session and today; null if they are the same or not known.
    private (int Session, int Now)? Versions(string strategy, long period)
    {
        static int? At(IEnumerable<(long Period, int? Version)> signals, long period)
        {
            int? version = null;
            foreach (var (own, judged) in signals)
            {
                if (own > period && version is not null) break;
                version = judged ?? version;
            }
            return version;
        }

        _sessionVersions ??= _decided.Values.OrderBy(d => d.Period).ToLookup(d => d.Strategy, d => (d.Period, d.ModelVersion));
        _versions ??= host.Signals.OrderBy(s => s.Signal.Time).ToLookup(s => s.Id, s => (s.Signal.Time, (int?)s.Signal.ModelVersion));
        return At(_sessionVersions[strategy], period) is { } session && At(_versions[strategy], period) is { } now && session != now
            ? (session, now) : null;
    }

    private static bool IsPending(TrackedOrder order) => !order.Unknown && !order.State.IsFinal();

    // The fact of a portfolio's signal, and whether the journal has the signals of its strategy at all.
    private (bool Known, SignalDecided? Signal) RecordedOf(DivergenceRow row)
    {
        if (!Made.TryGetValue((row.Strategy, row.Number), out var made)) return (false, null);
        var same = _decided.GetValueOrDefault((row.Strategy, row.Number));
        if (same is not null && IsOf(same, made)) return (true, same);
        if (_recorded is null)
        {
            _recorded = [];
            var decided = _decided.Values.ToDictionary(d => Places[(d.Strategy, d.Number)]);
            foreach (var (place, one) in MadePlaces)
                if (decided.TryGetValue(place, out var fact)) _recorded.TryAdd((one.Id, one.Signal.Number), fact);
        }
        return (true, _recorded.GetValueOrDefault((row.Strategy, row.Number)));
    }

    private static bool IsOf(SignalDecided decided, in PortfolioSignal made) =>
        decided.Symbol == made.Symbol && decided.Period == made.Signal.Time && decided.Side == made.Signal.Side;

    private static string CauseOf(string skipped) => skipped switch
    {
        "late" => DivergenceCauses.LateBar,
        "rates" => DivergenceCauses.Rates,
        _ when HandOrders.IsDisplaced(skipped) => DivergenceCauses.Operator,
        _ => DivergenceCauses.MissedFill,
    };

    // Entries that ended without a fill, or wait for one.
    private Dictionary<(string, int), TrackedOrder> Unfilled => _unfilled ??= host.Ledger.TrackedOrders
        .Where(t => t.Order.Closes is null && !(t.Filled > 0) && !host.Handed.IsEarlier(t.Order.ClientId))
        .ToDictionary(t => (t.Strategy, t.Intent.Trade));

    /// <summary>Completes the row of a trade that only the account has.</summary>
    public DivergenceRow OnlyTraded(DivergenceRow row)
    {
        var trade = row.Own!;
        if (ClientOrderId.IsByHand(trade.Entry)) return row with { Cause = DivergenceCauses.Operator, Why = "entered by hand" };
        if (host.Handed.IsEarlier(trade.Entry)) return row with { Cause = DivergenceCauses.Operator, Why = LiveDivergence.EarlierVersion };
        if (!_decided.TryGetValue((trade.Strategy, trade.Number), out var decided)) return row;
        if (host.IsAfterBarsOf(trade.Strategy, trade.EntryTime))
            return row with { Cause = DivergenceCauses.Timing, Why = "filled in a bar that has not closed yet" };
        // The portfolio may have the signal and no fill of it, as of a limit that only the venue's prices have reached.
        var made = NumberOf(trade) is { } number ? Made[(trade.Strategy, number)] : default;
        return made.Granted > 0 ? row with { Cause = DivergenceCauses.MissedFill }
            : DecidedBy(row, decided.Period, "the program of today does not make this signal");
    }

    /// <summary>Completes the row of a trade that both have.</summary>
    public DivergenceRow Both(DivergenceRow row)
    {
        var (trade, planned) = (row.Own!, row.Planned!.Value);
        if (row.Part != DivergencePart.Closed) row = row with { ExitCause = ExitCauseOf(row, trade, planned) };
        if (!Made.TryGetValue((row.Strategy, row.Number), out var made) || !(made.Granted > 0)
            || !_decided.TryGetValue((trade.Strategy, trade.Number), out var decided) || !(decided.Granted > 0)) return row;
        return row with
        {
            GrantedShare = decided.Granted / made.Granted,
            GrantedCause = Versions(row.Strategy, made.Signal.Time) is null ? DivergenceCauses.Code : DivergenceCauses.Model,
        };
    }

    private string? ExitCauseOf(DivergenceRow row, AccountTrade trade, in Trade planned)
    {
        if (_protected.Contains(trade.Entry)) return DivergenceCauses.Operator;
        // The account has closed it in a bar that the portfolio does not have yet, or waits for a fill that the portfolio has.
        if (planned.Reason == ExitReason.Open && trade.State == TradeState.Closed && host.IsAfterBarsOf(trade.Strategy, trade.ExitTime))
            return DivergenceCauses.Timing;
        if (planned.Reason != ExitReason.Open && trade.Open > 0 && _exits.TryGetValue(trade.Entry, out var waiting)
            && waiting.Order.Type == OrderType.Market && host.Ledger.Find(waiting.Order.ClientId) is { } sent && IsPending(sent))
            return DivergenceCauses.Timing;
        // A trade that the session never wanted to close, and the program of today has closed.
        if (!_exits.TryGetValue(trade.Entry, out var order))
            return trade.Open > 0 && planned.Reason == ExitReason.Signal ? DivergenceCauses.Code : null;
        if (order.Reason == ExitReason.Operator) return planned.Reason == ExitReason.Operator ? null : DivergenceCauses.Operator;
        if (order.Reason != ExitReason.Signal) return null;
        var isDecided = planned.Reason is ExitReason.Signal or ExitReason.Open && !host.IsRuined
            && !host.Handed.IsEarlier(trade.Entry);
        return isDecided && !IsExitOf(order.Timestamp, row, planned) ? DivergenceCauses.Code : null;
    }

    // Whether the portfolio's exit was decided at this close: it fills at the open of the next bar, or at the close itself. Without a next
    // bar the portfolio still holds what it is about to close. The next bar of the session may be inside a longer one of the strategy,
    // which opens by the clock, and so before the market.
    private bool IsExitOf(long decided, DivergenceRow row, in Trade planned)
    {
        var frame = row.Timeframe ?? timeframe;
        if (planned.ExitTime < decided && planned.Reason != ExitReason.Open) return frame.CloseOf(planned.ExitTime) >= decided;
        var bars = host.BarsOf(row.Symbol);
        var (low, high) = (0, bars.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (bars[middle].Time < decided) low = middle + 1;
            else high = middle;
        }
        if (planned.Reason == ExitReason.Open) return low == bars.Count;
        return low < bars.Count && planned.ExitTime <= bars[low].Time && bars[low].Time < frame.CloseOf(planned.ExitTime);
    }
}
