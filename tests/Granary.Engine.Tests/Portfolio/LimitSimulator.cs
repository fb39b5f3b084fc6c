namespace Granary.Engine.Tests.Portfolio;

/// <summary>The numbers of a random set of limits; null = no such limit. Percentages of equity.</summary>
internal sealed record SimulatedLimits(
    int? Positions, double? Gross, double? Net, double? Symbol, double? Strategy, double? Leverage, double? Turnover, double? Group,
        int? GroupPositions,
    double? Correlated);

/// <summary>
/// A second implementation of the portfolio's limits, from lists of trades alone. It shares no code with the engine: every sum is taken
/// again for every decision.
/// </summary>
/// <param name="group">The symbols that share the group's limit.</param>
/// <param name="days">How many daily returns a correlation is taken from.</param>
/// <param name="threshold">Symbols that correlate at least so much, either way, share the limit of correlated symbols.</param>
internal sealed class LimitSimulator(double cash, SimulatedLimits limits, int[] group, int days, double threshold)
{
    private readonly List<double[]> _dayStarts = [];
    private double _cash = cash, _equityAtMark = cash, _tradedToday;
    private double[] _price = [];

    private sealed class Item
    {
        public int Member, Number, Symbol, Sign;
        // Whether the entry is an order at the market, and whether an exit is on its way.
        public bool AtMarket, Exits;
        // Of the portfolio: what waits, at the signal's price, what is open, and its value at the entries.
        public double Waits, AskedAt, Open, Paid;

        public double WaitingValue => Waits * AskedAt;
    }

    private readonly List<Item> _items = [];

    public void Close(double[] prices, bool isNewDay)
    {
        _price = [.. prices];
        _equityAtMark = _cash + _items.Sum(i => i.Sign * i.Open * _price[i.Symbol]);
        if (!isNewDay) return;
        _tradedToday = 0;
        _dayStarts.Add(_price);
    }

    private bool MovesWith(int a, int b) => a == b || Math.Abs(Correlation(Returns(a), Returns(b))) >= threshold;

    // The first day has no close before it.
    private double[] Returns(int symbol) =>
        [.. Enumerable.Range(0, _dayStarts.Count).Skip(2).TakeLast(days).Select(d =>
            Math.Log(_dayStarts[d][symbol]) - Math.Log(_dayStarts[d - 1][symbol]))];

    private static double Correlation(double[] a, double[] b)
    {
        if (a.Length < 10) return 0;
        var (meanA, meanB) = (a.Average(), b.Average());
        var together = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return together / Math.Sqrt(a.Sum(x => Math.Pow(x - meanA, 2)) * b.Sum(y => Math.Pow(y - meanB, 2)));
    }

    private double Held(Func<Item, bool> which) => _items.Where(which).Sum(i => i.Open * _price[i.Symbol] + i.WaitingValue);

    /// <returns>The name of the first limit that the signal would exceed; "accepted" where there is none.</returns>
    public string Decide(int member, int number, int symbol, int sign, double quantity, double price, bool atMarket)
    {
        var value = quantity * price;
        double Of(double percent) => percent * _equityAtMark / 100;
        var alive = _items.Where(i => i.Open > 0 || i.Waits > 0).ToList();
        string? refused = null;
        void Refuse(string why, bool when) => refused ??= when ? why : null;
        Refuse("max-positions", limits.Positions is { } p && alive.Count >= p);
        Refuse("max-turnover", limits.Turnover is { } t0 && _tradedToday >= Of(t0));
        Refuse("max-group", limits.GroupPositions is { } gp && group.Contains(symbol) && alive.Count(i => group.Contains(i.Symbol)) >= gp);
        Refuse("max-leverage", limits.Leverage is { } l && Held(_ => true) + value > l * _equityAtMark);
        Refuse("max-turnover", limits.Turnover is { } t && _tradedToday + _items.Sum(i => i.WaitingValue) + value > Of(t));
        Refuse("max-group", limits.Group is { } g && group.Contains(symbol) && Held(i => group.Contains(i.Symbol)) + value > Of(g));
        Refuse("max-correlated", limits.Correlated is { } c && Held(i => MovesWith(i.Symbol, symbol)) + value > Of(c));
        Refuse("max-symbol", limits.Symbol is { } s && Held(i => i.Symbol == symbol) + value > Of(s));
        Refuse("max-strategy", limits.Strategy is { } m && Held(i => i.Member == member) + value > Of(m));
        Refuse("max-gross", limits.Gross is { } gr && Held(_ => true) + value > Of(gr));
        var net = _items.Sum(i => i.Sign * i.Open * _price[i.Symbol]) + sign * (_items.Where(i => i.Sign == sign).Sum(i =>
            i.WaitingValue) + value);
        Refuse("max-net", limits.Net is { } n && sign * net > Of(n));
        Refuse("no-cash", value > Free() + Exiting() - _items.Where(i => i.AtMarket).Sum(i => i.Waits * _price[i.Symbol]));
        if (refused is null) _items.Add(new Item
        {
            Member = member,
            Number = number,
            Symbol = symbol,
            Sign = sign,
            AtMarket = atMarket,
            Waits = quantity,
            AskedAt = price,
        });
        return refused ?? "accepted";
    }

    // Without leverage a long binds its price. A short binds its collateral, and its proceeds stay locked, both at the entry's price.
    private double Free() => _cash - 2 * _items.Where(i => i.Sign < 0).Sum(i => i.Paid);

    // What exits on their way will bring at the last closes.
    private double Exiting() => _items.Where(i => i.Exits)
        .Sum(i => i.Sign > 0 ? i.Open * _price[i.Symbol] : 2 * i.Paid - i.Open * _price[i.Symbol]);

    /// <summary>Fills at the opens, at most so much of each symbol: exits first, then entries, each in the order of their making.</summary>
    public void Open(double[] prices, double[] volumes)
    {
        double[] left = [.. volumes];
        foreach (var item in _exits.ToList())
        {
            var quantity = Math.Min(item.Open, left[item.Symbol]);
            left[item.Symbol] -= quantity;
            _cash += item.Sign * quantity * prices[item.Symbol];
            _tradedToday += quantity * prices[item.Symbol];
            item.Paid *= 1 - quantity / item.Open;
            item.Open -= quantity;
            if (item.Open > 0) continue;
            _exits.Remove(item);
            _items.Remove(item);
        }
        foreach (var item in _items.Where(i => i.Waits > 0).ToList())
        {
            var price = prices[item.Symbol];
            if (!item.AtMarket && (item.Sign > 0 ? price > item.AskedAt : price < item.AskedAt)) continue;
            var quantity = Math.Min(item.Waits, left[item.Symbol]);
            if (!(quantity > 0)) continue;
            // A price beyond the free cash: what waits is lost.
            if (quantity * price > Free())
            {
                Cancel(item.Member, item.Number);
                continue;
            }
            left[item.Symbol] -= quantity;
            item.Waits -= quantity;
            item.Open += quantity;
            item.Paid += quantity * price;
            _cash -= item.Sign * quantity * price;
            _tradedToday += quantity * price;
        }
    }

    private readonly List<Item> _exits = [];

    /// <summary>The open trades without an exit on its way.</summary>
    public IReadOnlyList<(int Member, int Number, int Symbol)> Leavable =>
        [.. _items.Where(i => i.Open > 0 && !i.Exits).Select(i => (i.Member, i.Number, i.Symbol))];

    /// <summary>The entries of which something waits.</summary>
    public IReadOnlyList<(int Member, int Number, int Symbol)> Waiting =>
        [.. _items.Where(i => i.Waits > 0).Select(i => (i.Member, i.Number, i.Symbol))];

    public double Cash => _cash;

    public void Cancel(int member, int number)
    {
        if (Find(member, number) is not { } item) return;
        item.Waits = 0;
        if (item.Open == 0) _items.Remove(item);
    }

    /// <summary>An exit of all that is open, which also withdraws what waits of the entry.</summary>
    public void Exit(int member, int number)
    {
        var item = Find(member, number)!;
        item.Waits = 0;
        item.Exits = true;
        _exits.Add(item);
    }

    /// <summary>Value of what is open and reserved, in percent of the equity at the last close.</summary>
    public double PercentIn(int symbol) => 100 * Held(i => i.Symbol == symbol) / _equityAtMark;

    private Item? Find(int member, int number) => _items.Find(i => i.Member == member && i.Number == number);
}
