using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Exchanges.Trading;

/// <summary>An order at the exchange, in its units: an order of the session, or a leg that protects an entry.</summary>
/// <param name="number">The number of the order, in the order of creation.</param>
internal sealed class VenueOrder(OrderMade made, VenueInstrument? instrument, long number)
{
    public long Number => number;

    public BrokerOrder Order => made.Order;

    public string ClientId => made.Order.ClientId;

    public string Leg => made.Leg;

    /// <summary>Client id of the entry that a leg protects; empty for an order of the session.</summary>
    public string Entry => made.Entry;

    /// <summary>The client order id at the exchange.</summary>
    public string SentId => made.SentId;

    /// <summary>Base units in whole lots.</summary>
    public decimal Quantity => made.Quantity;

    public Side Side => made.Order.Side;

    public OrderType Type => made.Order.Type;

    /// <summary>On the exchange's tick; 0 if the order type has none.</summary>
    public decimal LimitPrice => made.Order.LimitPrice > 0 ? Instrument.RoundPrice(made.Order.LimitPrice) : 0;

    /// <summary>On the exchange's tick; 0 if the order type has none.</summary>
    public decimal StopPrice => IsStop ? Instrument.RoundPrice(made.Order.StopPrice) : 0;

    /// <summary>Whether it was sent as a stop order, which some exchanges keep in a list of their own, without our id.</summary>
    public bool IsStop => Type.HasStop();

    /// <summary>Whether the stop triggers when the price rises to it, as for a buy order.</summary>
    public bool TriggersAbove => Side == Side.Buy;

    public TimeInForce TimeInForce => made.Order.TimeInForce;

    /// <summary>Whether the order must not open a position; only for exchanges that support this.</summary>
    public bool ReduceOnly { get; set; }

    /// <summary>This machine's clock.</summary>
    public DateTimeOffset SentAt => made.At;

    /// <summary>The exchange must reject the order after this time by its own clock.</summary>
    public DateTimeOffset ValidUntil => made.ValidUntil;

    /// <summary>False if the session does not trade the symbol: the order was refused for that, or an earlier session sent it.</summary>
    public bool HasInstrument => instrument is not null;

    public VenueInstrument Instrument => instrument ?? throw new InvalidOperationException($"the session does not trade {Order.Symbol}");

    /// <summary>Whether an exchange id belongs to another order of the session.</summary>
    public Func<string, bool> IsTaken { get; set; } = _ => false;

    public string VenueId { get; set; } = "";

    public OrderState State { get; set; } = OrderState.New;

    public string Reason { get; set; } = "";

    /// <summary>Base units of the booked fills before fees.</summary>
    public decimal Filled { get; set; }

    /// <summary>Base units that an entry bought, after fees paid in them.</summary>
    public decimal Received { get; set; }

    /// <summary>Base units of an entry that were reported to the session: the received ones in whole lots.</summary>
    public decimal Reported { get; set; }

    /// <summary>Base units of an entry that its targets have closed.</summary>
    public decimal Taken { get; set; }

    /// <summary>Base units of an entry that are still open.</summary>
    public decimal Open { get; set; }

    /// <summary>Time of the first fill by the exchange's clock; null if there is none.</summary>
    public DateTimeOffset? FilledAt { get; set; }

    /// <summary>Value of the booked fills, in quote currency.</summary>
    public decimal Notional { get; set; }

    /// <summary>The stop price that the session set last; 0 if it never moved the stop.</summary>
    public double MovedStop { get; set; }

    /// <summary>The stop and target that an operator has set instead of the entry's; null if none did.</summary>
    public Protection? Replaced { get; set; }

    /// <summary>The stops and targets of an entry as they work now.</summary>
    public Protection Protection => Replaced ?? Order.Protection;

    /// <summary>Best close since the entry; NaN if there is none.</summary>
    public double TrailBest { get; set; } = double.NaN;

    /// <summary>The number of legs so far, for their ids.</summary>
    public int Legs { get; set; }

    /// <summary>
    /// Whether an order of the session that closes this entry waits for the end of its stop and target, so none is placed.
    /// </summary>
    public bool IsReleasing { get; set; }

    /// <summary>Whether its target was reached and is to be taken when its stop has ended.</summary>
    public bool IsTargetDue { get; set; }

    /// <summary>After a rejection, the earliest time for another attempt.</summary>
    public DateTimeOffset LegsWaitUntil { get; set; }

    /// <summary>When the exchange confirmed a cancellation that it has not carried out yet (timestamp of the clock); null if none is on its
    /// way.</summary>
    public long? EndAskedAt { get; set; }

    /// <summary>Whether the exchange has acknowledged it.</summary>
    public bool IsKnown => VenueId.Length > 0 || State is not OrderState.New;

    public bool IsWorking => !State.IsFinal();

    public bool IsEntry => Leg.Length == 0 && Order.Closes is null;

    /// <summary>Creates the order of a new leg that closes this entry, without its quantity.</summary>
    /// <param name="price">The stop or limit price; unused for a market order.</param>
    public (string Name, BrokerOrder Order) LegOrder(string name, OrderType type, double price) =>
        (name, new BrokerOrder
        {
            ClientId = ClientOrderId.Leg(ClientId, name is "target" or "liquidation" ? name[0] : 's', Legs + 1),
            Symbol = Order.Symbol,
            Side = (Side)(-(int)Order.Side),
            Type = type,
            Quantity = 0,
            StopPrice = type == OrderType.Stop ? price : 0,
            LimitPrice = type == OrderType.Limit ? price : 0,
            Closes = ClientId,
            CreatedAt = Order.CreatedAt,
        });

    public BrokerOrderStatus Status => new(ClientId, VenueId, State == OrderState.New ? OrderState.Submitted : State, (double)Filled,
        Reason);
}
