namespace Granary.Exchanges.Tests.Server;

/// <summary>The terms of the market that a local exchange server offers.</summary>
internal sealed record MarketTerms
{
    public string Base { get; init; } = "BTC";
    /// <summary>Base currencies of further instruments, which have the same terms and the same price.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
    public IEnumerable<string> Coins => [Base, .. Others];
    public string Quote { get; init; } = "USDT";
    public decimal Tick { get; init; } = 0.01m;
    public decimal Lot { get; init; } = 0.001m;
    public decimal MinQuantity { get; init; } = 0.001m;
    public decimal MinNotional { get; init; } = 1;
    public decimal FeeRate { get; init; } = 0.001m;
    /// <summary>The currency of fees: the quote, "base" (of what is bought), or a third one.</summary>
    public string FeeCurrency { get; init; } = "USDT";
    /// <summary>Quote currency per unit of a third fee currency.</summary>
    public decimal FeeCurrencyPrice { get; init; } = 10;
    /// <summary>A market of perpetual contracts of a thousandth.</summary>
    public MarketTerms Futures() => this with { IsFutures = true, StopsHold = false, Contract = 0.001m };
    /// <summary>Whether positions are margined and can be short.</summary>
    public bool IsFutures { get; init; }
    /// <summary>Whether a waiting stop order holds balance back.</summary>
    public bool StopsHold { get; init; } = true;
    /// <summary>Base units of a contract.</summary>
    public decimal Contract { get; init; } = 1;
}

/// <summary>An order at the local exchange.</summary>
internal sealed class SimulatedOrder
{
    public required string Id { get; set; }
    public required string ClientId { get; init; }
    /// <summary>Base currency of its instrument.</summary>
    public required string Coin { get; init; }
    public required bool IsBuy { get; init; }
    /// <summary>0 for a market order.</summary>
    public required decimal Limit { get; init; }
    /// <summary>0 for none; once it was reached, the order is an ordinary one.</summary>
    public decimal Stop { get; init; }
    public bool Above { get; init; }
    public required decimal Size { get; init; }
    public string TimeInForce { get; init; } = "GTC";
    public bool ReduceOnly { get; init; }
    /// <summary>Whether the exchange made it to close a position.</summary>
    public bool IsLiquidation { get; init; }
    public bool Triggered { get; set; }
    /// <summary>Id as a stop order, once it was triggered.</summary>
    public string StopId { get; set; } = "";
    public decimal Filled { get; set; }
    public decimal Funds { get; set; }
    public bool IsCancelled { get; set; }
    public DateTimeOffset At { get; init; }
    /// <summary>Before this time the exchange's lists do not have it.</summary>
    public DateTimeOffset ListedFrom { get; set; }
    public bool WaitsForStop => Stop > 0 && !Triggered;
    public bool IsActive => !IsCancelled && Filled < Size;
}

/// <summary>An execution at the local exchange.</summary>
internal sealed record SimulatedFill(long Id, SimulatedOrder Order, decimal Price, decimal Size, decimal Fee, string FeeCurrency,
    DateTimeOffset At);

/// <summary>A refusal with the exchange's own code.</summary>
internal sealed class SimulatedRefusal(Refusal why, string message) : Exception(message)
{
    public Refusal Why { get; } = why;
}

internal enum Refusal
{
    Insufficient,
    Unknown,
    Duplicate,
    ReduceOnly,
    Invalid,
}

/// <summary>
/// The matching engine of a local exchange server: one account, and one price that all instruments share. It does what is asked, and counts
/// every order that was accepted.
/// </summary>
internal sealed class SimulatedMarket(MarketTerms terms)
{
    private readonly Lock _lock = new();
    private readonly List<SimulatedOrder> _orders = [];
    private readonly List<SimulatedFill> _fills = [];
    private readonly Dictionary<string, decimal> _balances = new()
    {
        [terms.Quote] = 1_000_000,
        ["KCS"] = 1000,
        ["BNB"] = 1000,
        ["GT"] = 1000
    };
    private readonly Dictionary<string, int> _received = [];
    private readonly Dictionary<string, (decimal Size, decimal EntryValue)> _positions = [];
    private long _ids = 1000;

    public MarketTerms Terms => terms;
    public TimeProvider Clock { get; set; } = TimeProvider.System;
    public decimal Price { get; private set; } = 100;
    /// <summary>Every order fills in thirds, one with each call of <see cref="Trade"/>.</summary>
    public bool FillsInParts { get; set; }
    /// <summary>Whether the id of an order that is not waiting any more can be used again.</summary>
    public bool ForgetsFinalIds { get; init; }
    /// <summary>Signed base units of a futures account in the first instrument.</summary>
    public decimal Position => PositionOf(terms.Base).Size;
    /// <summary>Value of a position for its margin, as the account has set it.</summary>
    public decimal Leverage { get; set; } = 1;
    /// <summary>isolated or cross, as the account has set it.</summary>
    public string MarginMode { get; set; } = "isolated";
    /// <summary>Whether the account holds long and short positions beside each other.</summary>
    public bool IsHedged { get; set; }
    /// <summary>The minute that begins at a time, in seconds since 1970, as the exchange's history has it.</summary>
    public Func<long, SimulatedCandle> Candle { get; set; } = SimulatedCandle.At;
    public Action<SimulatedOrder, string>? OrderChanged { get; set; }
    public Action<SimulatedFill>? Filled { get; set; }
    public Action<decimal>? PriceChanged { get; set; }

    /// <summary>How often each client order id was received.</summary>
    public IReadOnlyDictionary<string, int> Received { get { lock (_lock) return new Dictionary<string, int>(_received); } }
    public IReadOnlyList<SimulatedOrder> Orders { get { lock (_lock) return [.. _orders]; } }
    /// <summary>The orders that the exchange's lists have by now.</summary>
    public IReadOnlyList<SimulatedOrder> Listed => [.. Orders.Where(o => o.ListedFrom <= Clock.GetUtcNow())];
    /// <summary>How long an order is missing from the exchange's lists.</summary>
    /// <summary>What an order that was cancelled waits for before it ends; null for nothing.</summary>
    public Task? CancelLag { get; set; }

    public Func<TimeSpan> ListLag { get; set; } = static () => TimeSpan.Zero;
    public IReadOnlyList<SimulatedFill> Fills { get { lock (_lock) return [.. _fills]; } }
    public IReadOnlyDictionary<string, decimal> Balances { get { lock (_lock) return new Dictionary<string, decimal>(_balances); } }
    public decimal Held => HeldOf(terms.Base);
    /// <summary>Profit of all positions of a futures account at the price.</summary>
    public decimal Unrealised => terms.Coins.Select(PositionOf).Sum(p => p.Size * Price - p.EntryValue);

    public decimal HeldOf(string coin) => terms.IsFutures ? PositionOf(coin).Size : Balances.GetValueOrDefault(coin);

    /// <summary>Signed base units of a futures account, and Σ quantity · entry price.</summary>
    public (decimal Size, decimal EntryValue) PositionOf(string coin)
    {
        lock (_lock) return _positions.GetValueOrDefault(coin);
    }

    public void Deposit(string currency, decimal amount)
    {
        lock (_lock) _balances[currency] = _balances.GetValueOrDefault(currency) + amount;
    }

    /// <summary>An answer of the exchange is one state of the market, also while its price moves.</summary>
    public T Locked<T>(Func<T> work)
    {
        lock (_lock) return work();
    }

    public SimulatedOrder Place(SimulatedOrder order)
    {
        lock (_lock)
        {
            var isDuplicate = order.ClientId.Length > 0
                && _orders.Any(o => o.ClientId == order.ClientId && (!ForgetsFinalIds || o.IsActive));
            // A refused order can be sent again.
            if (!isDuplicate) Check(order);
            if (order.ClientId.Length > 0) _received[order.ClientId] = _received.GetValueOrDefault(order.ClientId) + 1;
            if (isDuplicate) throw new SimulatedRefusal(Refusal.Duplicate, "duplicate clientOid");
            order.Id = $"{++_ids}";
            order.ListedFrom = Clock.GetUtcNow() + ListLag();
            _orders.Add(order);
            OrderChanged?.Invoke(order, "received");
            if (!FillsInParts) Match(order);
            EndImmediate(order);
            return order;
        }
    }

    private void Check(SimulatedOrder order)
    {
        if (order.Size <= 0 || order.Size % terms.Lot != 0 || order.Size < terms.MinQuantity)
            throw new SimulatedRefusal(Refusal.Invalid, "Order size below the minimum requirement.");
        if (order.Limit % terms.Tick != 0 || order.Stop % terms.Tick != 0)
            throw new SimulatedRefusal(Refusal.Invalid, "Order price increment invalid.");
        if (terms.IsFutures)
        {
            if (order.ReduceOnly && !order.WaitsForStop && Reducible(order) == 0)
                throw new SimulatedRefusal(Refusal.ReduceOnly, "No open positions to close.");
            if (!order.ReduceOnly && order.Size * Price / Leverage > _balances[terms.Quote])
                throw new SimulatedRefusal(Refusal.Insufficient, "Balance insufficient.");
            return;
        }
        if (order.WaitsForStop && !terms.StopsHold) return;
        var needed = order.IsBuy ? order.Size * (order.Limit > 0 ? order.Limit : order.Stop > 0 ? order.Stop : Price) : order.Size;
        if (Available(order.IsBuy, order.Coin) < needed) throw new SimulatedRefusal(Refusal.Insufficient, "Balance insufficient!");
    }

    // What an order can take off the position.
    private decimal Reducible(SimulatedOrder order) =>
        Math.Max(0, order.IsBuy ? -PositionOf(order.Coin).Size : PositionOf(order.Coin).Size);

    // Quote currency to buy with, or coins to sell.
    private decimal Available(bool isBuy, string coin)
    {
        var held = _orders.Where(o => o.IsActive && o.IsBuy == isBuy && (isBuy || o.Coin == coin) && (!o.WaitsForStop || terms.StopsHold))
            .Sum(o => (o.Size - o.Filled) * (isBuy ? o.Limit > 0 ? o.Limit : o.Stop > 0 ? o.Stop : Price : 1));
        return _balances.GetValueOrDefault(isBuy ? terms.Quote : coin) - held;
    }

    public decimal Hold(string currency)
    {
        lock (_lock)
            return terms.IsFutures || currency != terms.Quote && !terms.Coins.Contains(currency) ? 0
                : _balances.GetValueOrDefault(currency) - Available(currency == terms.Quote, currency);
    }

    private void EndImmediate(SimulatedOrder order)
    {
        if (order.IsActive && !order.WaitsForStop && order.TimeInForce is "IOC" or "FOK" && order.IsActive && !FillsInParts) End(order);
    }

    private void End(SimulatedOrder order)
    {
        order.IsCancelled = true;
        OrderChanged?.Invoke(order, "canceled");
    }

    public SimulatedOrder Cancel(Func<SimulatedOrder, bool> which)
    {
        lock (_lock)
        {
            var order = _orders.LastOrDefault(o => which(o) && o.IsActive)
                ?? throw new SimulatedRefusal(Refusal.Unknown,
                    "The order does not exist or cannot be cancelled: order_not_exist_or_not_allow_to_cancel");
            if (CancelLag is { } lag) _ = EndAsync(order, lag);
            else End(order);
            return order;
        }
    }

    private async Task EndAsync(SimulatedOrder order, Task lag)
    {
        await lag;
        lock (_lock)
            if (order.IsActive)
                End(order);
    }

    public SimulatedOrder? Find(Func<SimulatedOrder, bool> which)
    {
        lock (_lock) return Listed.LastOrDefault(which);
    }

    /// <summary>The exchange cancels everything that waits, as before maintenance.</summary>
    public void CancelAll()
    {
        lock (_lock)
            foreach (var order in _orders.Where(o => o.IsActive).ToList())
                End(order);
    }

    /// <summary>Moves the price through all ticks between, and fills what it crosses at the order's own price.</summary>
    public void Trade(decimal from, decimal to)
    {
        lock (_lock)
        {
            Move(from);
            if (FillsInParts)
            {
                foreach (var order in _orders.Where(o => o.IsActive && !o.WaitsForStop).ToList())
                    if (Crosses(order)) Fill(order, Math.Min(order.Size - order.Filled,
                        Math.Ceiling(order.Size / 3 / terms.Lot) * terms.Lot), Price);
                Move(to);
                return;
            }
            // One stop for each price at which something happens, in the order in which they are reached.
            while (Price != to)
            {
                var rises = to > Price;
                var next = _orders.Where(o => o.IsActive).Select(o => o.WaitsForStop ? o.Stop : o.Limit)
                    .Where(p => p > 0 && (rises ? p > Price && p <= to : p < Price && p >= to)).DefaultIfEmpty(to);
                var half = Price + (to - Price) / 2;
                var stop = rises ? next.Min() : next.Max();
                // A tick on the way, so that those who watch prices see more than the ends.
                if (stop == to && Math.Abs(to - Price) > 1) stop = Math.Round(half, 1);
                Move(stop);
            }
        }
    }

    private void Move(decimal price)
    {
        Price = price;
        foreach (var order in _orders.Where(o => o.IsActive).ToList()) if (!FillsInParts) Match(order);
        PriceChanged?.Invoke(price);
    }

    private bool Crosses(SimulatedOrder order) => order.Limit == 0 || (order.IsBuy ? Price <= order.Limit : Price >= order.Limit);

    private void Match(SimulatedOrder order)
    {
        if (order.WaitsForStop)
        {
            if (order.Above ? Price < order.Stop : Price > order.Stop) return;
            (order.Triggered, order.StopId, order.Id) = (true, order.Id, $"{++_ids}");
            OrderChanged?.Invoke(order, "triggered");
        }
        if (Crosses(order) && order.IsActive) Fill(order, order.Size - order.Filled, Price);
    }

    private void Fill(SimulatedOrder order, decimal size, decimal price)
    {
        if (order.ReduceOnly) size = Math.Min(size, Reducible(order));
        if (size <= 0)
        {
            if (order is { ReduceOnly: true, IsActive: true }) End(order);
            return;
        }
        if (!terms.IsFutures && (order.IsBuy ? _balances[terms.Quote] < size * price : _balances.GetValueOrDefault(order.Coin) < size))
        {
            End(order);
            return;
        }
        var fee = size * price * terms.FeeRate;
        var currency = terms.FeeCurrency == "base" ? order.IsBuy ? order.Coin : terms.Quote : terms.FeeCurrency;
        if (currency == order.Coin) fee = size * terms.FeeRate;
        else if (currency != terms.Quote) fee /= terms.FeeCurrencyPrice;
        Settle(order, size, price);
        _balances[currency] = _balances.GetValueOrDefault(currency) - fee;
        order.Filled += size;
        order.Funds += size * price;
        var fill = new SimulatedFill(++_ids, order, price, size, fee, currency, Clock.GetUtcNow());
        _fills.Add(fill);
        OrderChanged?.Invoke(order, "match");
        Filled?.Invoke(fill);
        if (!order.IsActive) OrderChanged?.Invoke(order, "filled");
        else if (order.ReduceOnly && Reducible(order) == 0) End(order);
    }

    private void Settle(SimulatedOrder order, decimal size, decimal price)
    {
        var signed = order.IsBuy ? size : -size;
        if (!terms.IsFutures)
        {
            _balances[order.Coin] = _balances.GetValueOrDefault(order.Coin) + signed;
            _balances[terms.Quote] -= signed * price;
            return;
        }
        // What reduces the position realises its profit at the average entry price; the rest opens at the price.
        var (position, value) = PositionOf(order.Coin);
        var closing = position != 0 && Math.Sign(position) != Math.Sign(signed)
            ? Math.Sign(signed) * Math.Min(Math.Abs(signed), Math.Abs(position)) : 0;
        if (closing != 0)
        {
            var entry = value / position;
            _balances[terms.Quote] -= closing * (price - entry);
            value += closing * entry;
        }
        _positions[order.Coin] = (position + signed, value + (signed - closing) * price);
    }

    /// <summary>The exchange closes a part of the position in the first instrument at the price of the moment.</summary>
    public void Liquidate(decimal share)
    {
        lock (_lock)
        {
            if (Position == 0) return;
            var size = Math.Ceiling(Math.Abs(Position) * share / terms.Lot) * terms.Lot;
            var order = new SimulatedOrder
            {
                Id = $"{++_ids}",
                ClientId = "",
                Coin = terms.Base,
                IsBuy = Position < 0,
                Limit = 0,
                Size = size,
                IsLiquidation = true,
                At = Clock.GetUtcNow(),
            };
            _orders.Add(order);
            Fill(order, size, Price);
        }
    }

    /// <summary>A payment between holders of the contract.</summary>
    public void Pay(decimal amount)
    {
        lock (_lock)
        {
            _balances[terms.Quote] += amount;
            Payments.Add((++_ids, amount, Clock.GetUtcNow()));
        }
    }

    public List<(long Id, decimal Amount, DateTimeOffset At)> Payments { get; } = [];
}
