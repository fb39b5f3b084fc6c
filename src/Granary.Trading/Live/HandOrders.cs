using Granary.Engine.Brokerage;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>
/// Orders and changes that an operator made by hand: trades to close in whole or in part, stops and targets, and entries. They follow from
/// the commands of the journal, so a restarted session has the same ones.
/// </summary>
internal sealed class HandOrders(LivePortfolio portfolio, AccountLedger ledger, AccountLevels levels, OrderNames names)
{
    /// <summary>Stands for the strategy in facts of entries by hand.</summary>
    public const string Strategy = "operator";

    /// <summary>Stands for the index of the strategy of entries by hand.</summary>
    public const int Index = -1;

    private readonly HashSet<string> _closing = new(StringComparer.Ordinal);
    // Quantities to close in part with the market times of their commands, the exits that were made for them, and the splits of the trade,
    // by entry.
    private readonly Dictionary<string, List<(double Quantity, long Since)>> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<BrokerSplit>> _splits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TrackedOrder>> _exits = new(StringComparer.Ordinal);
    // Entries whose stop and target are the operator's, in the order of the first commands.
    private readonly List<string> _protected = [];
    // Entries whose levels this session has not sent to the venue. The venue may not have those of an earlier session.
    private readonly List<string> _unsent = [];
    // Net profit of the closed trades of the portfolio, as far as they were read: in the currency of the prices, and the account's.
    private readonly Dictionary<(int Strategy, int Number), (string Symbol, double Local, double Converted)> _planned = [];
    private int _read;
    // Entries of strategies that a limit refused over the account, in which entries by hand count.
    private readonly HashSet<(int Strategy, int Number)> _displaced = [];

    // Why an entry was skipped, other than a limit.
    private static readonly string[] OtherReasons = ["paused", "late", "ruined", "rates", "blocked", "unreconciled"];

    /// <summary>Entries that are not intended yet, in the order of their commands.</summary>
    public List<(string Symbol, HandOrder Order)> Waiting { get; } = [];

    /// <summary>The number of entries so far.</summary>
    public int Entries { get; private set; }

    /// <summary>The order id of the next entry.</summary>
    public string NextId => ClientOrderId.Entry(names.Tag, null, Entries + 1);

    /// <summary>Applies a command that the journal has.</summary>
    public void Put(SessionControlled control)
    {
        var trade = control.Trade ?? "";
        switch (control)
        {
            case { Command: SessionCommand.Close, Order: { } part }:
                if (!_parts.TryGetValue(trade, out var parts)) _parts[trade] = parts = [];
                parts.Add((part.Quantity, control.Timestamp));
                if (KeyOf(trade) is { } parted) portfolio.Close(parted, part.Share);
                break;
            case { Command: SessionCommand.Close or SessionCommand.Reverse }:
                _closing.Add(trade);
                if (KeyOf(trade) is { } key) portfolio.Close(key);
                if (control.Order is { } other) Add(control.Symbol, other);
                break;
            case { Command: SessionCommand.Protect, Order: { } prices }:
                if (!levels.IsByHand(trade)) _protected.Add(trade);
                levels.Protect(trade, prices.Stop, prices.Target, control.Timestamp);
                _unsent.Remove(trade);
                _unsent.Add(trade);
                if (KeyOf(trade) is { } kept) portfolio.Keep(kept);
                break;
            case { Command: SessionCommand.Enter, Order: { } entry }:
                Add(control.Symbol, entry);
                break;
            // An order that could not be sent before is not wanted after them.
            case { Command: SessionCommand.Pause or SessionCommand.Flatten }:
                Waiting.Clear();
                break;
        }
    }

    private void Add(string symbol, HandOrder order)
    {
        Entries++;
        Waiting.Add((symbol, order));
    }

    /// <summary>Takes note of an order that was made, in this session or before.</summary>
    public void Register(TrackedOrder order)
    {
        if (order.Order.Closes is not { } entry) Waiting.RemoveAll(w => w.Order.Id == order.Order.ClientId);
        else if (order.Intent.Reason == ExitReason.Operator && _parts.ContainsKey(entry))
        {
            if (!_exits.TryGetValue(entry, out var exits)) _exits[entry] = exits = [];
            exits.Add(order);
        }
    }

    /// <summary>Whether an entry was skipped because a limit refused it over the account, in which entries by hand count.</summary>
    public static bool IsDisplaced(string why) => !OtherReasons.Contains(why);

    /// <summary>Takes note of an entry that was accepted and not sent.</summary>
    public void Take(EntrySkipped skipped)
    {
        if (IsDisplaced(skipped.Why) && portfolio.Find(skipped.Strategy) is { } strategy)
            _displaced.Add((strategy.Instance.Index, skipped.Number));
    }

    /// <summary>Whether a trade must be closed, or its entry be cancelled while it waits.</summary>
    public bool Closes(string entry) => _closing.Contains(entry);

    /// <summary>The quantity of a trade that must still be closed in part; 0 = none.</summary>
    public double PartOf(AccountTrade trade)
    {
        if (!_parts.TryGetValue(trade.Entry, out var parts)) return 0;
        var rest = parts.Sum(p => p.Quantity * SharesSince(trade.Entry, p.Since));
        foreach (var exit in _exits.GetValueOrDefault(trade.Entry) ?? [])
        {
            var state = exit.State == OrderState.Closed ? exit.Ended : exit.State;
            var taken = state is OrderState.Rejected or OrderState.Cancelled or OrderState.Expired ? exit.Filled : exit.Quantity;
            rest -= taken / exit.SplitRatio * SharesSince(trade.Entry, exit.Order.CreatedAt);
        }
        return rest > Tolerance.Quantity * trade.Quantity ? Math.Min(rest, trade.Open) : 0;
    }

    /// <summary>Takes a split of a trade, after it was booked.</summary>
    public void Take(BrokerSplit split)
    {
        if (!_splits.TryGetValue(split.ClientId, out var splits)) _splits[split.ClientId] = splits = [];
        splits.Add(split);
    }

    // The shares of now for each share of a time.
    private double SharesSince(string entry, long time)
    {
        var shares = 1.0;
        foreach (var split in _splits.GetValueOrDefault(entry) ?? [])
            if (time <= split.At)
                shares *= split.Ratio;
        return shares;
    }

    /// <summary>Quantity that the account holds short in a symbol, with entries that wait for their fills; base units.</summary>
    public double ShortIn(string symbol)
    {
        var sum = 0.0;
        foreach (var trade in ledger.ActiveTrades)
            if (trade.Side == Side.Sell && trade.Symbol == symbol) sum += trade.Open;
        foreach (var order in ledger.OpenOrders)
            if (order.Order is { Closes: null, Side: Side.Sell } entry && entry.Symbol == symbol && !order.State.IsFinal())
                sum += order.Quantity - order.Filled;
        foreach (var (waiting, entry) in Waiting)
            if (waiting == symbol && entry.Side == Side.Sell) sum += entry.Quantity;
        return sum;
    }

    /// <summary>Sends the stops and targets that the venue may not have.</summary>
    public async ValueTask ProtectAsync(OrderManager venue, long timestamp, CancellationToken cancellationToken)
    {
        foreach (var entry in _unsent.ToList())
            if (ledger.TradeOf(entry) is { State: TradeState.Closed }
                || await venue.ProtectAsync(timestamp, entry, levels.OwnOf(entry), cancellationToken).ConfigureAwait(false))
                _unsent.Remove(entry);
    }

    /// <summary>
    /// The part of the difference between the account and the portfolio with simulated fills that comes from commands by hand. It counts
    /// entries, stops and targets of the operator, and entries of strategies that found no room beside them. The portfolio has none of
    /// them.
    /// </summary>
    /// <param name="net">The net profit of a trade of the account at the last close, account currency.</param>
    public double Difference(Func<AccountTrade, double> net)
    {
        var sum = 0.0;
        foreach (var trade in Entries == 0 ? [] : ledger.Trades.Values)
            if (ClientOrderId.IsByHand(trade.Entry)) sum += net(trade);
        foreach (var entry in _protected)
            if (KeyOf(entry) is { } key && ledger.TradeOf(entry) is { } trade)
                sum += net(trade) - Planned(key);
        foreach (var key in _displaced) sum -= Planned(key);
        return sum;
    }

    private double Planned((int Strategy, int Number) key)
    {
        if (portfolio.Run.NetOf(key.Strategy, key.Number) is { } open) return open;
        for (; _read < portfolio.Trades.Count; _read++)
        {
            var (member, trade) = (portfolio.Trades[_read].Member, portfolio.Trades[_read].Trade);
            var (_, local, converted) = _planned.GetValueOrDefault((member, trade.Number));
            _planned[(member, trade.Number)] = (portfolio.Strategies[member].Instance.Symbols[trade.SymbolIndex],
                local + trade.NetProfit / trade.Rate, converted + trade.NetProfit);
        }
        return _planned.TryGetValue(key, out var closed) ? ledger.WorthOf(closed.Symbol, closed.Local, closed.Converted) : 0;
    }

    // The fills of a trade may be booked before the command and written after it, so the order of its entry names the trade.
    private (int Strategy, int Number)? KeyOf(string entry) => !names.Handed.IsEarlier(entry) && !ClientOrderId.IsByHand(entry)
        && ledger.Find(entry) is { Order.Closes: null } order && portfolio.Find(order.Strategy) is { } strategy
            ? (strategy.Instance.Index, order.Intent.Trade) : null;
}
