using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Aligns a broker's account with the strategies. It creates an entry for each granted signal and missing exits, cancels entries that are
/// no longer wanted, and moves stops. The id of an order is derived from its signal, so an order that is created again is the same order.
/// </summary>
/// <param name="names">Names of orders, and the handling of trades from before a switch.</param>
internal sealed class AccountOrders(LivePortfolio portfolio, AccountLedger ledger, ExecutionSettings execution, OrderNames names)
{
    // The orders of each trade: its entry, its last exit, and the number of exits.
    private readonly Dictionary<(int Strategy, int Number), (TrackedOrder? Entry, TrackedOrder? Exit, int Exits)> _orders = [];
    private readonly Dictionary<string, double> _movedStops = new(StringComparer.Ordinal);
    private readonly List<JournalEvent> _facts = [];
    private readonly List<OrderIntended> _intents = [];
    // Client ids of the entries whose trades the operator closes.
    private readonly HashSet<string> _closing = new(StringComparer.Ordinal);
    private bool _resendStops = true;

    // Quantities of two accounts that differ by less than this part are equal.
    private const double Rounding = 1e-9;

    /// <summary>Whether all positions must be closed, without new entries.</summary>
    public bool Flatten { get; set; }

    /// <summary>Whether entries are paused: those that wait at the broker are cancelled.</summary>
    public bool Paused { get; set; }

    /// <summary>The number of decided signals, earlier sessions included.</summary>
    public long Signals { get; set; }

    /// <summary>Facts of this time slice that are not written yet.</summary>
    public IReadOnlyList<JournalEvent> Facts => _facts;

    /// <summary>The number of orders to send in this time slice.</summary>
    public int Intended => _intents.Count;

    /// <summary>When the first order of the last time slice was sent to the venue (timestamp of the journal's clock).</summary>
    public long FirstSent { get; private set; }

    /// <summary>Registers an order from the journal.</summary>
    public void Register(TrackedOrder order)
    {
        if (StrategyOf(order.Order.Closes ?? order.Order.ClientId, order.Strategy) is not { } member) return;
        var key = (member.Instance.Index, order.Intent.Trade);
        var (entry, exit, exits) = _orders.GetValueOrDefault(key);
        _orders[key] = order.Order.Closes is null ? (order, exit, exits) : (entry, order, exits + 1);
    }

    private LiveStrategy? StrategyOf(string entry, string strategy) =>
        names.Handed.RunsAs(entry, strategy) is { } id ? portfolio.Find(id) : null;

    /// <summary>Requests the close of a trade of the account, on behalf of the operator.</summary>
    /// <param name="entry">The client id of its entry.</param>
    public void Close(string entry) => _closing.Add(entry);

    /// <summary>Allows entries again after the operator has checked differences from the venue.</summary>
    public void Unblock() => ledger.Unblock();

    /// <summary>Whether the account has an open trade.</summary>
    /// <param name="entry">The client id of its entry.</param>
    public bool HasOpen(string entry) => ledger.TradeOf(entry) is { Open: > 0 };

    /// <summary>The strategy's index and the number of a trade of the account; null if this configuration did not make it.</summary>
    /// <param name="entry">The client id of its entry.</param>
    public (int Strategy, int Number)? KeyOf(string entry) => !names.Handed.IsEarlier(entry) && ledger.TradeOf(entry) is { } trade
        && StrategyOf(entry, trade.Strategy) is { } strategy ? (strategy.Instance.Index, trade.Number) : null;

    /// <summary>Registers a stop move from the journal.</summary>
    public void Moved(StopMoved moved) => _movedStops[moved.ClientId] = moved.Price;

    /// <summary>Begins a time slice with its first fact.</summary>
    public void Begin(JournalEvent? fact)
    {
        _facts.Clear();
        _intents.Clear();
        if (fact is not null) _facts.Add(fact);
    }

    /// <summary>Adds the policy's weights of this time slice, before its signals.</summary>
    public void Weighed(WeightsDecided weights) => _facts.Insert(1, weights);

    /// <summary>Adds the portfolio's decisions on existing trades.</summary>
    public void Acted(IReadOnlyList<PortfolioActed> decisions) => _facts.AddRange(decisions);

    /// <summary>Adds what the watches of the strategies' models found.</summary>
    public void Watched(IReadOnlyList<ModelWatched> changes) => _facts.AddRange(changes);

    /// <summary>Handles the portfolio's decision on a signal: creates an entry if it was granted.</summary>
    /// <param name="factors">Factor values in the order of the strategy's factor names.</param>
    /// <param name="why">Why no entries are sent now; empty if they are.</param>
    public void Decided(long timestamp, in PortfolioSignal decided, double[] factors, string why)
    {
        var (strategy, symbol, signal, said, granted) = decided;
        var factorNames = strategy.FactorNames;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < factors.Length && i < factorNames.Count; i++) values[factorNames[i]] = factors[i];
        Signals++;
        _facts.Add(new SignalDecided(timestamp, signal.Number, signal.Time, signal.Side, signal.Type, signal.Price, signal.Quantity,
            signal.Stop, signal.Target, signal.ValidUntil, signal.Prediction, signal.SizeFactor, said, granted, values)
        { Strategy = strategy.Instance.Id, Symbol = symbol, ModelVersion = signal.ModelVersion });
        if (!(granted > 0)) return;
        // The strategy's own account refused it at once.
        if (!strategy.Trades.TryGetValue(signal.Number, out var wanted)) return;
        if (why.Length > 0)
        {
            _facts.Add(new EntrySkipped(timestamp, signal.Number, why) { Strategy = strategy.Instance.Id, Symbol = symbol });
            return;
        }
        Intend(strategy, symbol, wanted, signal, granted, timestamp);
    }

    private void Intend(LiveStrategy strategy, string symbol, WantedTrade wanted, in Signal signal, double quantity, long timestamp)
    {
        var trading = strategy.Instance.Trading;
        ref readonly var order = ref wanted.Entry;
        _intents.Add(new OrderIntended(timestamp, new BrokerOrder
        {
            ClientId = $"{names.Tag}-{strategy.Instance.Index}-{signal.Number}-e",
            Symbol = symbol,
            Side = signal.Side,
            Type = signal.AtFill ? OrderType.Market : signal.Type,
            Quantity = quantity,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            TimeInForce = order.TimeInForce,
            ExpiresAt = signal.AtFill ? long.MaxValue : signal.ValidUntil,
            Protection = signal.AtFill ? Protection.None : trading.ToProtection(execution).Of(order),
            CreatedAt = timestamp,
        }, OrderRole.Entry, signal.Number, ExitReason.Open)
        { Strategy = strategy.Instance.Id, Symbol = symbol });
    }

    /// <summary>
    /// Creates missing exits, for trades that the strategy is closing or has closed (its stop fell differently, or an exit was rejected).
    /// </summary>
    public void Align(long timestamp)
    {
        foreach (var trade in ledger.ActiveTrades)
        {
            if (!(trade.Open > 0)) continue;
            if (StrategyOf(trade.Entry, trade.Strategy) is not { } strategy
                || !_orders.TryGetValue((strategy.Instance.Index, trade.Number), out var orders)) continue;
            var wanted = strategy.Trades.GetValueOrDefault(trade.Number);
            var key = (strategy.Instance.Index, trade.Number);
            var isOperated = Flatten || _closing.Contains(trade.Entry);
            var whole = wanted is not { State: not WantedState.Exit } || isOperated || portfolio.IsCalled(key)
                || names.Handed.Closes(trade.Entry);
            var cut = portfolio.CutOf(key);
            if (!whole && cut is null) continue;
            // Units that an exit has sold already must not be sold again, even if only the response reports the sale.
            if (orders.Exit is { } exit && (!exit.State.IsFinal() || exit.AwaitsFills)) continue;
            // The venue may have filled less than the portfolio granted, so that less than the cut is sold, or nothing.
            var quantity = whole ? trade.Open : trade.Open - portfolio.Run.QuantityOf(key.Index, key.Number);
            portfolio.CutMade(key);
            if (!(quantity > Rounding * trade.Open)) continue;
            var type = wanted is { State: WantedState.Exit, ExitType: OrderType.MarketOnClose } && orders.Exits == 0
                ? OrderType.MarketOnClose : OrderType.Market;
            var reason = (whole, wanted) switch
            {
                (false, _) => cut!.Value,
                (_, { State: WantedState.Exit }) => wanted.ExitReason,
                _ => isOperated ? ExitReason.Operator : portfolio.ReasonOf(key),
            };
            _intents.Add(new OrderIntended(timestamp, new BrokerOrder
            {
                ClientId = $"{names.Tag}-{strategy.Instance.Index}-{trade.Number}-x{orders.Exits + 1}",
                Symbol = trade.Symbol,
                Side = (Side)(-(int)trade.Side),
                Type = type,
                Quantity = quantity,
                Closes = trade.Entry,
                CreatedAt = timestamp,
            }, OrderRole.Exit, trade.Number, reason)
            { Strategy = trade.Strategy, Symbol = trade.Symbol });
        }
    }

    /// <summary>Cancels entries that the strategy no longer wants or that a command has stopped, and moves stops.</summary>
    public async ValueTask MoveAsync(OrderManager venue, long timestamp, CancellationToken cancellationToken)
    {
        foreach (var order in ledger.OpenOrders.Where(t => t.Order.Closes is null
            && t.State is OrderState.Submitted or OrderState.PartiallyFilled).ToList())
        {
            var strategy = StrategyOf(order.Order.ClientId, order.Strategy);
            var wanted = strategy?.Trades.GetValueOrDefault(order.Intent.Trade);
            var isExpired = strategy is not null && portfolio.IsExpired((strategy.Instance.Index, order.Intent.Trade));
            // Part of it may fill after the strategy's own entry did; it waits for the rest while the trade is open.
            if (wanted is null or { State: WantedState.Exit } || isExpired || Flatten || Paused || strategy is { IsEnabled: false }
                || names.Handed.Cancels(order.Order.ClientId) || _closing.Contains(order.Order.ClientId))
                await venue.CancelAsync(timestamp, order, cancellationToken).ConfigureAwait(false);
        }
        foreach (var strategy in portfolio.Strategies)
            foreach (var (number, wanted) in strategy.Trades)
            {
                if (!(wanted.MovedStop > 0) || !_orders.TryGetValue((strategy.Instance.Index, number), out var orders)
                    || orders.Entry is not { } entry) continue;
                if (!_resendStops && _movedStops.TryGetValue(entry.Order.ClientId, out var sent) && sent == wanted.MovedStop) continue;
                if (await venue.MoveStopAsync(timestamp, entry.Order.ClientId, wanted.MovedStop, cancellationToken).ConfigureAwait(false))
                    _movedStops[entry.Order.ClientId] = wanted.MovedStop;
            }
        _resendStops = false;
    }

    /// <summary>Writes the facts of the time slice and sends its orders; a rejected exit is sent again at once.</summary>
    public async ValueTask SendAsync(OrderManager venue, long timestamp, CancellationToken cancellationToken)
    {
        FirstSent = 0;
        // If all attempts are rejected, the next time slice retries.
        for (var attempt = 0; _intents.Count > 0 && attempt < 5; attempt++)
        {
            await venue.SendAsync(timestamp, _facts, _intents, cancellationToken).ConfigureAwait(false);
            if (FirstSent == 0) FirstSent = venue.FirstSent;
            var refused = false;
            foreach (var intent in _intents)
            {
                var order = ledger.Find(intent.Order.ClientId)!;
                Register(order);
                refused |= order.Order.Closes is not null && order.State == OrderState.Rejected;
            }
            _facts.Clear();
            _intents.Clear();
            if (!refused) return;
            // A stop may have closed the trade meanwhile.
            await venue.CatchUpAsync(timestamp, cancellationToken).ConfigureAwait(false);
            Align(timestamp);
        }
    }

    /// <summary>Aligns the account with the positions of the strategies, between two time slices.</summary>
    public async ValueTask CatchUpAsync(OrderManager venue, long timestamp, CancellationToken cancellationToken)
    {
        Begin(null);
        Align(timestamp);
        if (_intents.Count > 0) await SendAsync(venue, timestamp, cancellationToken).ConfigureAwait(false);
        await MoveAsync(venue, timestamp, cancellationToken).ConfigureAwait(false);
    }
}
