using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

// Trades that are entered or closed in parts, what holding them brings and costs, and an account that owes more than it has.
public sealed partial class PortfolioRun
{
    private readonly ExecutionSettings _execution;
    private readonly TradedNotional? _traded;
    // By trade, what its orders have paid; only where a fee does not follow from size.
    private readonly Dictionary<long, List<(long Order, OrderFees Paid)>> _fees = [];
    private readonly HashSet<(int Symbol, long ExDate)> _splits = [];
    private bool _liquidates;
    // Sums of fills leave crumbs behind: less than this part of the starting cash is nothing.
    private const double EquityRounding = 1e-9;

    /// <summary>A strategy's trade was filled: entered, added to, or closed in part.</summary>
    /// <param name="symbol">Which of the strategy's symbols.</param>
    /// <returns>The portfolio's quantity; 0 where it has no part in it.</returns>
    public double OnFill(int member, in TradeFill fill, int symbol = 0)
    {
        WasCrowdedOut = false;
        CashCut = 0;
        if (fill.IsFirst) return Open(member, fill, symbol);
        var key = Key(member, fill.Number);
        if (!_holdings.TryGetValue(key, out var holding)) return fill.IsEntry ? Open(member, fill, symbol) : 0;
        if (!fill.IsEntry) return Part(member, key, ref holding, fill);
        var wasReserved = Release(key, out var reservation);
        if (wasReserved) KeepRest(key, reservation, fill.Quantity);
        return Add(member, key, ref holding, fill, wasReserved);
    }

    private double Add(int member, long key, ref Holding holding, in TradeFill fill, bool wasReserved)
    {
        var instrument = _instruments[holding.Symbol];
        var own = instrument.RoundQuantity(fill.Quantity * holding.Scale);
        // A further part of an order by hand was no signal: its limits are asked now.
        if (_limits.AtEveryBar || !wasReserved) own = Fitting(member, holding.Symbol, holding.Side, own, fill.Price);
        var wanted = own;
        own = Affordable(holding.Symbol, fill, own);
        CashCut *= wanted / (holding.Quantity + wanted);
        own = Uncrowded(holding.Symbol, fill, own);
        holding.Theirs += fill.Quantity;
        if (own > 0)
        {
            var fee = FeeOf(key, holding.Symbol, fill, own);
            _cash -= (int)holding.Side * own * fill.Price * instrument.Multiplier + fee;
            Commission += fee;
            holding.Commission += fee;
            holding.EntryPrice = (holding.EntryPrice * holding.Entered + fill.Price * own) / (holding.Entered + own);
            holding.Entered += own;
            holding.Quantity += own;
            _net[holding.Symbol] += (int)holding.Side * own * instrument.Multiplier;
            _gross[holding.Symbol] += own * instrument.Multiplier;
            _memberGross[member] += own * instrument.Multiplier;
            _turnover += own * fill.Price * instrument.Multiplier;
            _fingerprint.Add((ulong)key | 1UL << 62, (ulong)fill.Time);
            _fingerprint.Add(fill.Price, own);
        }
        _holdings[key] = holding;
        return own;
    }

    private double Part(int member, long key, ref Holding holding, in TradeFill fill)
    {
        var instrument = _instruments[holding.Symbol];
        // The strategy's last part is the portfolio's, so that rounding to lots leaves nothing behind.
        var last = fill.Quantity >= holding.Theirs * (1 - 1e-12);
        var own = last ? holding.Quantity : Math.Min(holding.Quantity, instrument.RoundQuantity(holding.Quantity * (fill.Quantity / holding.Theirs)));
        own = Uncrowded(holding.Symbol, fill, own);
        holding.Theirs -= fill.Quantity;
        Close(member, key, ref holding, fill, own);
        return own;
    }

    // Books the closing of a part of a trade.
    private void Close(int member, long key, ref Holding holding, in TradeFill fill, double own)
    {
        if (own > 0)
        {
            var multiplier = _instruments[holding.Symbol].Multiplier;
            var fee = FeeOf(key, holding.Symbol, fill, own);
            _cash += (int)holding.Side * own * fill.Price * multiplier - fee;
            Commission += fee;
            holding.Commission += fee;
            holding.ExitNotional += fill.Price * own;
            holding.Quantity = own == holding.Quantity ? 0 : holding.Quantity - own;
            _turnover += own * fill.Price * multiplier;
            Reduce(holding.Symbol, member, holding.Side, own, multiplier);
            _fingerprint.Add((ulong)key | 3UL << 62, (ulong)fill.Time);
            _fingerprint.Add(fill.Price, own);
        }
        _holdings[key] = holding;
    }

    // Where fees follow from size, the strategy's in proportion; else what its own order pays.
    private double FeeOf(long trade, int symbol, in TradeFill fill, double own)
    {
        var multiplier = _instruments[symbol].Multiplier;
        if (_execution.Fee.IsProportional) return fill.Commission * (own / fill.Quantity);
        if (!_fees.TryGetValue(trade, out var orders)) _fees[trade] = orders = new(2);
        var at = 0;
        while (at < orders.Count && orders[at].Order != fill.Order.Value) at++;
        if (at == orders.Count) orders.Add((fill.Order.Value, default));
        var paid = orders[at].Paid;
        var fee = _execution.Fee.NextFee(fill.Price, own, multiplier, fill.IsMaker, _traded?.At(fill.Time) ?? 0, ref paid);
        orders[at] = (fill.Order.Value, paid);
        _traded?.Add(fill.Time, fill.Price * own * multiplier);
        return fee;
    }

    // The rest of an entry that was filled in part stays reserved.
    private void KeepRest(long key, in Reservation reservation, double filled)
    {
        var rest = reservation.Quantity - filled;
        if (!(rest > 1e-9 * reservation.Quantity)) return;
        var share = rest / reservation.Quantity;
        _reserved.Add(key, reservation with { Quantity = rest, Value = reservation.Value * share, Cash = reservation.Cash * share, IsRest = true });
    }

    // Nothing of the first part was taken: the rest is still to open the trade.
    private void KeepUnopened(long key)
    {
        if (!_reserved.Release(key, out var rest)) return;
        _reserved.Add(key, rest with { IsRest = false });
        Occupy((int)(key >> 32), rest.Market, 1);
    }

    /// <summary>The rest of an entry was cancelled.</summary>
    public void OnEntryEnded(int member, int number) => Release(Key(member, number), out _);

    /// <summary>A strategy's trade has brought or cost cash.</summary>
    /// <param name="amount">Quote currency per unit.</param>
    public void OnCarry(int member, int number, long time, CarryKind kind, double amount)
    {
        var key = Key(member, number);
        // Interest is of the strategy's own loan; the portfolio's is its own.
        if (kind != CarryKind.Interest && _holdings.TryGetValue(key, out var holding)) Book(key, ref holding, amount, time);
    }

    private void Book(long key, ref Holding holding, double amount, long time)
    {
        var cash = amount * holding.Quantity;
        _cash += cash;
        Carry += cash;
        holding.Carry += cash;
        _holdings[key] = holding;
        _fingerprint.Add((ulong)key | 1UL << 61, (ulong)time);
        _fingerprint.Add(amount, cash);
    }

    /// <summary>Dividends received less those owed, borrow fees and interest.</summary>
    public double Carry { get; private set; }

    /// <summary>A strategy's trade went through a split: so does all that the portfolio holds of it, once, whoever tells it first.</summary>
    public void OnSplit(int member, int number, long time, long exDate, double ratio)
    {
        if (!_holdings.TryGetValue(Key(member, number), out var told) || !_splits.Add((told.Symbol, exDate))) return;
        var market = told.Symbol;
        var multiplier = _instruments[market].Multiplier;
        foreach (var key in _holdings.Keys.Order().ToList())
        {
            var holding = _holdings[key];
            if (holding.Symbol != market || holding.EntryTime >= time) continue;
            var more = holding.Quantity * (ratio - 1) * multiplier;
            _net[market] += (int)holding.Side * more;
            _gross[market] += more;
            _memberGross[(int)(key >> 32)] += more;
            holding.Quantity *= ratio;
            holding.Entered *= ratio;
            holding.Theirs *= ratio;
            holding.EntryPrice /= ratio;
            _holdings[key] = holding;
        }
        _close[market] /= ratio;
        _fingerprint.Add((ulong)(uint)market | 5UL << 61, (ulong)exDate);
        _fingerprint.Add(ratio, _net[market]);
    }

    private double LeveragedFree()
    {
        var free = _cash;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free += _net[i] * _close[i];
        free *= _execution.Leverage;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                free -= _instruments[i].MarginPerUnit > 0 ? _gross[i] / _instruments[i].Multiplier * _instruments[i].MarginPerUnit * _execution.Leverage : _gross[i] * _close[i];
        return free - _reserved.Cash;
    }

    /// <summary>Nothing was left of the account, and it was closed: it stays at zero, and every signal is refused.</summary>
    public bool IsRuined { get; private set; }

    /// <summary>
    /// Closes everything at the last marks where the equity is below what the positions need, or where nothing is left of it; strategies go on without the portfolio.
    /// To be asked after <see cref="Revalue"/>.
    /// </summary>
    /// <returns>What was closed, by member and number; nothing as long as the account can carry its positions.</returns>
    public IReadOnlyList<PortfolioTrade> CallMargin(long time)
    {
        if (_holdings.Count == 0) return [];
        if (_equity <= 0)
        {
            _liquidates = true;
            return CloseAll(time, ExitReason.Ruined);
        }
        return IsCalled() ? CloseAll(time, ExitReason.MarginCall) : [];
    }

    /// <summary>
    /// Closes, where the batch asks for it, positions in symbols that have stopped trading at their last closes. To be asked after <see cref="Revalue"/>, and followed by it.
    /// </summary>
    public IReadOnlyList<PortfolioTrade> CloseEnded(long time) => _execution.AtEnd == AtEnd.Close && HasEnded() ? CloseAll(time, ExitReason.DataEnded) : [];

    /// <summary>Whether an instrument has had no bar on more days of the others than a halt explains.</summary>
    public bool HasStopped(int market) => _activity.IsInactive(market);

    private bool HasEnded()
    {
        foreach (var holding in _holdings.Values)
            if (_activity.IsInactive(holding.Symbol))
                return true;
        return false;
    }

    /// <summary>Symbols that have stopped trading and in which positions are open, each with the open time of its last bar (UTC ticks) and the number of positions; by symbol.</summary>
    public IReadOnlyList<(string Symbol, long LastBar, int Positions)> HeldAtEnd() =>
    [
        .. _holdings.Values.Where(h => _activity.IsInactive(h.Symbol)).GroupBy(h => h.Symbol)
            .Select(g => (_instruments[g.Key].Symbol, _bars[g.Key].Time, g.Count())).OrderBy(x => x.Symbol, StringComparer.Ordinal),
    ];

    private bool IsCalled()
    {
        if (_execution.Maintenance <= 0) return false;
        var needed = 0.0;
        for (var i = 0; i < _net.Length; i++)
            if (_gross[i] != 0)
                needed += _execution.Maintenance * (_instruments[i].MarginPerUnit > 0 ? _gross[i] / _instruments[i].Multiplier * _instruments[i].MarginPerUnit : _gross[i] * _close[i]);
        return _equity < needed;
    }

    private List<PortfolioTrade> CloseAll(long time, ExitReason reason)
    {
        var closed = new List<PortfolioTrade>();
        foreach (var key in _holdings.Keys.Order().ToList())
        {
            var (member, number) = ((int)(key >> 32), (int)key);
            var holding = _holdings[key];
            if (reason == ExitReason.DataEnded && !_activity.IsInactive(holding.Symbol)) continue;
            var price = _close[holding.Symbol];
            var theirs = holding.Theirs > 0 ? holding.Theirs : 1;
            var fee = _execution.Fee.Fee(price, theirs, _instruments[holding.Symbol].Multiplier, maker: false);
            OnFill(member, new TradeFill(number, time, price, theirs, fee, new OrderId(-1), IsEntry: false, IsFirst: false, IsMaker: false));
            // The portfolio sees closes alone: how far prices went within the bars is not known.
            if (OnTrade(member, new Trade(number, holding.Side, holding.Entered, holding.EntryTime, holding.EntryTime, holding.EntryPrice, time, price, 0, 0, BarsOf(member, holding),
                reason, double.NaN, double.NaN) { SymbolIndex = SymbolOf(member, holding.Symbol) }) is { } trade)
                closed.Add(trade);
        }
        return closed;
    }

    // From the bar of entry to the last bar of its market that the portfolio has seen.
    private int BarsOf(int member, in Holding holding) => _held.Since(holding.Symbol, _members[member].Timeframe, holding.EntryBar);

    // The account's last trade has left nothing, or less: the broker bears what is missing, and the account is closed.
    private void WriteOff(ref Holding last)
    {
        IsRuined = true;
        var missing = -_cash;
        _cash = 0;
        if (Math.Abs(missing) <= StartingCash * EquityRounding) return;
        last.Carry += missing;
        Carry += missing;
    }

    private int SymbolOf(int member, int market)
    {
        var symbols = _members[member].Symbols;
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == market)
                return i;
        return 0;
    }

    // ---- what can be paid: shares of members, smaller entries, proceeds of exits on their way ----

    // Trades whose strategies have sent an exit at the market.
    private readonly SortedSet<long> _exiting = [];

    /// <summary>Entries that were made smaller at their signal, to what cash pays: the portfolio's, or the member's share of it.</summary>
    public int Resized { get; private set; }

    /// <summary>Entries that were made smaller at their fill, since its price was beyond the cash.</summary>
    public int ResizedAtFill { get; private set; }

    /// <summary>The part of its trade that free cash did not pay at the last fill of an entry, 0 to 1.</summary>
    public double CashCut { get; private set; }

    /// <summary>A strategy has sent an exit of an open trade at the market: its proceeds can pay for entries of the same close.</summary>
    public void OnExiting(int member, int number)
    {
        var key = Key(member, number);
        if (_holdings.ContainsKey(key)) _exiting.Add(key);
    }

    /// <summary>A member's entry was made smaller, with its signal or since then: what is reserved for it follows.</summary>
    /// <param name="rest">What is to come of it: the strategy's quantity, base units.</param>
    public void OnEntryCut(int member, int number, double rest)
    {
        var key = Key(member, number);
        if (!_reserved.Release(key, out var reservation)) return;
        var share = rest / reservation.Quantity;
        if (share == 1) Resized++;
        else ResizedAtFill++;
        _reserved.Add(key, reservation with { Quantity = rest, Value = reservation.Value * share, Cash = reservation.Cash * share });
    }

    // A size that a strategy takes of its equity is taken of the portfolio's. Where the weights make more than the account may hold,
    // each member has a share by weight, and a size beyond the share is cut to it.
    private double ShareOf(in Signal signal, int market)
    {
        if (!(signal.SizedOn > 0)) return 1;
        var ratio = _equity / signal.SizedOn;
        // Two sums of the same account in different order.
        if (Math.Abs(ratio - 1) < 1e-9) ratio = 1;
        var shares = TotalWeight / Math.Max(1, _execution.Leverage);
        var sized = _power[market].Outlay(signal.Price, signal.Quantity) / signal.SizedOn * shares;
        // With one share the strategy's own account has bounded the size; rounding may have made it a trace more.
        return shares > 1 && sized > 1 ? ratio / sized : ratio;
    }

    private double Payable(int market, double wanted, double price, bool maker)
    {
        var free = Free() + ExpectedProceeds();
        var payable = _power[market].Payable(wanted, price, free + 1e-9 * Math.Abs(free), maker);
        return payable == wanted ? wanted : _instruments[market].RoundQuantity(payable);
    }

    // At the last marks; what waits for a bar that may not come pays for nothing.
    private double ExpectedProceeds()
    {
        var sum = 0.0;
        foreach (var key in _exiting)
        {
            if (_winding.ContainsKey(key) || !_holdings.TryGetValue(key, out var holding) || _activity.IsInactive(holding.Symbol)) continue;
            var (price, multiplier) = (_close[holding.Symbol], _instruments[holding.Symbol].Multiplier);
            sum += _power[holding.Symbol].Outlay(price, holding.Quantity) - _execution.Fee.Fee(price, holding.Quantity, multiplier, maker: false);
        }
        return sum;
    }

    // So much of an entry's fill as its own price leaves payable.
    private double Affordable(int market, in TradeFill fill, double own)
    {
        if (!(own > 0)) return own;
        var payable = Payable(market, own, fill.Price, fill.IsMaker);
        if (payable == own) return own;
        if (_sizing.OnInsufficientCash == InsufficientCash.Reject) payable = 0;
        CashCut = 1 - payable / own;
        if (payable > 0) ResizedAtFill++;
        return payable;
    }
}
