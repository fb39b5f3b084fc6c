using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>An accepted signal, as far as it is not filled yet.</summary>
/// <param name="Quantity">Base units.</param>
/// <param name="Value">Of the quantity at the signal's price, account currency.</param>
/// <param name="Cash">Cash or margin of the account that an order at the market will need; 0 for one that waits for its price.</param>
/// <param name="Market">Index of its instrument.</param>
/// <param name="Scale">The quantity as a multiple of the strategy's.</param>
/// <param name="IsByHand">Whether no order of the portfolio's waits: it takes the strategy's fills.</param>
/// <param name="IsRest">The rest of an entry that was filled in part: its trade is open already.</param>
internal readonly record struct Reservation(double Quantity, double Value, double Cash, Side Side, int Market, double Scale,
    bool IsByHand = false, bool IsRest = false)
{
    /// <summary>The reservation of a part of the quantity.</summary>
    public Reservation Of(double quantity) => this with
    {
        Quantity = quantity,
        Value = Value * (quantity / Quantity),
        Cash = Cash * (quantity / Quantity),
    };
}

/// <summary>
/// Exposure and cash that are reserved for accepted signals. Every limit counts them like open positions, so several signals of one
/// close
/// cannot share the same room.
/// </summary>
internal sealed class Reservations(int markets, int members)
{
    private readonly Dictionary<long, Reservation> _byTrade = [];
    private readonly double[] _inMarket = new double[markets], _ofMember = new double[members];
    private readonly int[] _countIn = new int[markets], _countOf = new int[members], _newIn = new int[markets];
    private int _rests;

    /// <summary>Sum of all values.</summary>
    public double Value { get; private set; }

    /// <summary>Cash or margin that the fills will need.</summary>
    public double Cash { get; private set; }

    /// <summary>The part of <see cref="Cash"/> for entries without an order of the portfolio's.</summary>
    public double ByHandCash { get; private set; }

    /// <summary>Sum of the values of the longs.</summary>
    public double Longs { get; private set; }

    /// <summary>Sum of the values of the shorts, positive.</summary>
    public double Shorts { get; private set; }

    /// <summary>Reservations of trades that are not open yet.</summary>
    public int NewTrades => _byTrade.Count - _rests;

    /// <summary>The same in an instrument.</summary>
    public int NewTradesIn(int market) => _newIn[market];

    public double In(int market) => _inMarket[market];

    public double Of(int member) => _ofMember[member];

    /// <summary>The portfolio's quantity of the short entries in an instrument, base units.</summary>
    public double ShortQuantityIn(int market)
    {
        var sum = 0.0;
        foreach (var key in All)
            if (_byTrade[key] is { Side: Side.Sell } reservation && reservation.Market == market)
                sum += reservation.Quantity;
        return sum;
    }

    public bool Contains(long trade) => _byTrade.ContainsKey(trade);

    public bool TryGet(long trade, out Reservation reservation) => _byTrade.TryGetValue(trade, out reservation);

    /// <summary>The trades of reservations in instruments that have stopped trading, in the order of their keys.</summary>
    public IReadOnlyList<long> Inactive(MarketActivity activity)
    {
        // Nearly always none: then nothing is allocated.
        List<long>? trades = null;
        foreach (var (trade, reservation) in _byTrade)
            if (activity.IsInactive(reservation.Market))
                (trades ??= []).Add(trade);
        trades?.Sort();
        return trades ?? (IReadOnlyList<long>)[];
    }

    /// <summary>The trades of all reservations, in the order of their keys.</summary>
    public IReadOnlyList<long> All => [.. _byTrade.Keys.Order()];

    /// <param name="trade">Key of the member and the signal's number; the upper half is the member.</param>
    public void Add(long trade, in Reservation reservation)
    {
        _byTrade.Add(trade, reservation);
        Book((int)(trade >> 32), reservation, 1);
    }

    /// <summary>The signal was filled, or ended without a fill.</summary>
    public bool Release(long trade, out Reservation reservation)
    {
        if (!_byTrade.Remove(trade, out reservation)) return false;
        Book((int)(trade >> 32), reservation, -1);
        return true;
    }

    private void Book(int member, in Reservation reservation, int count)
    {
        var value = count * reservation.Value;
        if (reservation.IsRest) _rests += count;
        else _newIn[reservation.Market] += count;
        Value += value;
        Cash += count * reservation.Cash;
        if (reservation.IsByHand) ByHandCash += count * reservation.Cash;
        if (reservation.Side == Side.Buy) Longs += value;
        else Shorts += value;
        _inMarket[reservation.Market] += value;
        _ofMember[member] += value;
        // Sums of many values leave rounding errors behind; where nothing is reserved the sum is exactly 0.
        if ((_countIn[reservation.Market] += count) == 0) _inMarket[reservation.Market] = 0;
        if ((_countOf[member] += count) == 0) _ofMember[member] = 0;
        if (_byTrade.Count == 0) Value = Cash = ByHandCash = Longs = Shorts = 0;
    }
}
