using Granary.Engine.Brokerage;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Aligns a broker's account with the strategies. It creates an entry for each granted signal and missing exits, cancels entries that are
/// no longer wanted, and moves stops. The id of an order is derived from its signal, so an order that is created again is the same order.
/// </summary>
/// <param name="names">Names of orders, and the handling of trades from before a switch.</param>
internal sealed class AccountOrders(LivePortfolio portfolio, AccountLedger ledger, AccountLevels levels, ExecutionSettings execution,
    OrderNames names)
{
    // The orders of each trade: its entry, its last exit, and the number of exits.
    private readonly Dictionary<(int Strategy, int Number), (TrackedOrder? Entry, TrackedOrder? Exit, int Exits)> _orders = [];
    private readonly Dictionary<string, double> _movedStops = new(StringComparer.Ordinal);
    private readonly List<JournalEvent> _facts = [];
    private readonly List<OrderIntended> _intents = [];
    private bool _resendStops = true;

    /// <summary>Whether all positions must be closed, without new entries.</summary>
    public bool Flatten { get; set; }

    /// <summary>Whether entries are paused: those that wait at the broker are cancelled.</summary>
    public bool Paused { get; set; }

    /// <summary>Orders and changes that the operator made by hand.</summary>
    public HandOrders Hand { get; } = new(portfolio, ledger, levels, names);

    /// <summary>Whether the limits admit an accepted entry over the account, which also has entries by hand; null if it has none.</summary>
    public Func<PortfolioSignal, Decision>? Admits { get; set; }

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
        Hand.Register(order);
        if (KeyOf(order.Order.Closes ?? order.Order.ClientId, order.Strategy, order.Intent.Trade) is not { } key) return;
        var (entry, exit, exits) = _orders.GetValueOrDefault(key);
        _orders[key] = order.Order.Closes is null ? (order, exit, exits) : (entry, order, exits + 1);
    }

    private LiveStrategy? StrategyOf(string entry, string strategy) =>
        names.Handed.RunsAs(entry, strategy) is { } id ? portfolio.Find(id) : null;

    // The number of an entry by hand is unique in the account.
    private (int Strategy, int Number)? KeyOf(string entry, string strategy, int number) => ClientOrderId.IsByHand(entry)
        ? (HandOrders.Index, number) : StrategyOf(entry, strategy) is { } member ? (member.Instance.Index, number) : null;

    /// <summary>Allows entries again after the operator has checked differences from the venue.</summary>
    public void Unblock() => ledger.Unblock();

    /// <summary>The entry of a trade, or an entry that waits; null if the account never had it.</summary>
    public TrackedOrder? EntryOf(string entry) => ledger.Find(entry) is { Order.Closes: null } found ? found : null;

    /// <summary>Whether an order is an entry by hand without a fill, which waits at the venue.</summary>
    public bool CanCancel(string entry) => ClientOrderId.IsByHand(entry) && ledger.TradeOf(entry) is null
        && EntryOf(entry) is { } order && !order.State.IsFinal();

    /// <summary>Registers a stop move from the journal.</summary>
    public void Moved(StopMoved moved)
    {
        _movedStops[moved.ClientId] = moved.Price;
        levels.Move(moved.ClientId, moved.Price);
    }

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
        if (why.Length == 0 && Hand.Entries > 0 && Admits?.Invoke(decided) is { IsAccepted: false } refused) why = refused.Word;
        if (why.Length > 0)
        {
            var skipped = new EntrySkipped(timestamp, signal.Number, why) { Strategy = strategy.Instance.Id, Symbol = symbol };
            _facts.Add(skipped);
            Hand.Take(skipped);
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
            ClientId = ClientOrderId.Entry(names.Tag, strategy.Instance.Index, signal.Number),
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
            if (trade.Open > 0 && KeyOf(trade.Entry, trade.Strategy, trade.Number) is { } key && _orders.TryGetValue(key, out var orders)
                && ExitOf(trade, key, orders) is { } exit)
                _intents.Add(new OrderIntended(timestamp, new BrokerOrder
                {
                    ClientId = ClientOrderId.Exit(names.Tag, key.Strategy == HandOrders.Index ? null : key.Strategy, trade.Number,
                        orders.Exits + 1),
                    Symbol = trade.Symbol,
                    Side = (Side)(-(int)trade.Side),
                    Type = exit.Type,
                    Quantity = exit.Quantity,
                    Closes = trade.Entry,
                    CreatedAt = timestamp,
                }, OrderRole.Exit, trade.Number, exit.Reason)
                { Strategy = trade.Strategy, Symbol = trade.Symbol });
        if (!Flatten && !Paused)
            foreach (var (symbol, order) in Hand.Waiting) Intend(symbol, order, timestamp);
    }

    // The exit that a trade lacks; null if it lacks none.
    private (OrderType Type, double Quantity, ExitReason Reason)? ExitOf(AccountTrade trade, (int Strategy, int Number) key,
        (TrackedOrder? Entry, TrackedOrder? Exit, int Exits) orders)
    {
        var isByHand = key.Strategy == HandOrders.Index;
        var wanted = isByHand ? null : portfolio.Strategies[key.Strategy].Trades.GetValueOrDefault(key.Number);
        var isOperated = Flatten || Hand.Closes(trade.Entry);
        var isEnded = !isByHand && ((wanted is null ? !portfolio.IsKept(key) : wanted.State == WantedState.Exit)
            || portfolio.IsCalled(key));
        var whole = isEnded || isOperated || names.Handed.Closes(trade.Entry);
        var cut = isByHand ? null : portfolio.CutOf(key);
        var part = whole || cut is not null ? 0 : Hand.PartOf(trade);
        if (!whole && cut is null && part == 0) return null;
        // Units that an exit has sold already must not be sold again, even if only the response reports the sale.
        if (orders.Exit is { } exit && (!exit.State.IsFinal() || exit.AwaitsFills)) return null;
        // The venue may have filled less than the portfolio granted, so that less than the cut is sold, or nothing.
        var quantity = whole ? trade.Open : cut is null ? part : trade.Open - portfolio.Run.QuantityOf(key.Strategy, key.Number);
        if (!isByHand) portfolio.CutMade(key);
        if (!(quantity > Tolerance.Quantity * trade.Open)) return null;
        var type = wanted is { State: WantedState.Exit, ExitType: OrderType.MarketOnClose } && orders.Exits == 0
            ? OrderType.MarketOnClose : OrderType.Market;
        return (type, quantity, (whole, wanted) switch
        {
            (false, _) => cut ?? ExitReason.Operator,
            (_, { State: WantedState.Exit }) => wanted.ExitReason,
            _ => isOperated ? ExitReason.Operator : portfolio.ReasonOf(key),
        });
    }

    private void Intend(string symbol, HandOrder order, long timestamp) => _intents.Add(new OrderIntended(timestamp, new BrokerOrder
    {
        ClientId = order.Id,
        Symbol = symbol,
        Side = order.Side,
        Type = order.Type,
        Quantity = order.Quantity,
        LimitPrice = order.LimitPrice,
        Protection = Protection.Fixed(order.Stop, order.Target),
        CreatedAt = timestamp,
    }, OrderRole.Entry, ClientOrderId.HandNumberOf(order.Id), ExitReason.Open)
    { Strategy = HandOrders.Strategy, Symbol = symbol });

    /// <summary>Cancels entries that the strategy no longer wants or that a command has stopped, and moves stops.</summary>
    public async ValueTask MoveAsync(OrderManager venue, long timestamp, CancellationToken cancellationToken)
    {
        foreach (var order in ledger.OpenOrders.Where(t => t.Order.Closes is null
            && t.State is OrderState.Submitted or OrderState.PartiallyFilled).ToList())
        {
            var id = order.Order.ClientId;
            var strategy = StrategyOf(id, order.Strategy);
            var wanted = strategy?.Trades.GetValueOrDefault(order.Intent.Trade);
            var isExpired = strategy is not null && portfolio.IsExpired((strategy.Instance.Index, order.Intent.Trade));
            // Part of it may fill after the strategy's own entry did; it waits for the rest while the trade is open.
            var isUnwanted = !ClientOrderId.IsByHand(id)
                && (wanted is null or { State: WantedState.Exit } || isExpired || strategy is { IsEnabled: false });
            if (isUnwanted || Flatten || Paused || names.Handed.Cancels(id) || Hand.Closes(id))
                await venue.CancelAsync(timestamp, order, cancellationToken).ConfigureAwait(false);
        }
        foreach (var strategy in portfolio.Strategies)
            foreach (var (number, wanted) in strategy.Trades)
            {
                if (!(wanted.MovedStop > 0) || !_orders.TryGetValue((strategy.Instance.Index, number), out var orders)
                    || orders.Entry is not { } entry || levels.IsByHand(entry.Order.ClientId)) continue;
                if (!_resendStops && _movedStops.TryGetValue(entry.Order.ClientId, out var sent) && sent == wanted.MovedStop) continue;
                levels.Move(entry.Order.ClientId, wanted.MovedStop);
                if (await venue.MoveStopAsync(timestamp, entry.Order.ClientId, wanted.MovedStop, cancellationToken).ConfigureAwait(false))
                    _movedStops[entry.Order.ClientId] = wanted.MovedStop;
            }
        _resendStops = false;
        await Hand.ProtectAsync(venue, timestamp, cancellationToken).ConfigureAwait(false);
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
