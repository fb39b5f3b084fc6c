using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Tests.Trading;

/// <summary>Does, from a seed, all that a strategy can do, and checks at every bar what must always hold.</summary>
internal class RandomTrader : Strategy
{
    private readonly Random _random;
    private readonly bool _byHand;
    private readonly List<OrderId> _ids = [];

    /// <param name="byHand">Whether it submits netting orders too, beside entries and exits.</param>
    public RandomTrader(int seed, bool byHand)
    {
        _random = new Random(seed);
        _byHand = byHand;
    }

    public int Actions { get; private set; }

    public override void OnBar(StrategyContext bar)
    {
        if (_random.Next(3) > 0) return;
        Actions++;
        var side = _random.Next(2) == 0 ? Side.Buy : Side.Sell;
        switch (_random.Next(_byHand ? 13 : 10))
        {
            case 0 or 1:
                Keep(bar.Enter(side));
                break;
            case 2 or 3:
                Keep(bar.Enter(side, Options(bar, side)));
                break;
            case 4:
                bar.Go(side);
                break;
            case 5:
                bar.Exit(side);
                break;
            case 6:
                bar.ExitOnClose(side);
                break;
            case 7:
                bar.MoveStop(side, bar.Close * (1 - (int)side * 0.01 * (0.2 + _random.NextDouble())));
                break;
            case 8:
                bar.CancelEntries(side);
                break;
            case 9:
                if (_ids.Count > 0) bar.Cancel(_ids[_random.Next(_ids.Count)]);
                break;
            case 10:
                Keep(bar.Submit(new OrderRequest(side, _random.Next(1, 30))));
                break;
            default:
                var group = _random.Next(1, 5);
                var reach = bar.Close * 0.008 * _random.NextDouble();
                var quantity = _random.Next(1, 30);
                var until = (TimeInForce)_random.Next(3);
                var expires = bar.Time.AddMinutes(_random.Next(1, 400)).Ticks;
                Keep(bar.Submit(new OrderRequest(side, quantity)
                {
                    Type = OrderType.Limit,
                    LimitPrice = bar.Close + (int)side * -reach,
                    OcoGroup = group,
                    TimeInForce = until,
                    ExpiresAt = expires
                }));
                Keep(bar.Submit(new OrderRequest(side, quantity)
                {
                    Type = OrderType.Stop,
                    StopPrice = bar.Close + (int)side * reach,
                    OcoGroup = group,
                    TimeInForce = until,
                    ExpiresAt = expires
                }));
                break;
        }
    }

    private EntryOptions Options(StrategyContext bar, Side side)
    {
        var sign = (int)side;
        var step = bar.Close * 0.006 * _random.NextDouble();
        var type = _random.Next(5) switch
        {
            0 => OrderType.Limit,
            1 => OrderType.Stop,
            2 => OrderType.StopLimit,
            3 => OrderType.MarketOnClose,
            _ => OrderType.Market,
        };
        return new EntryOptions
        {
            Type = type,
            LimitPrice = type == OrderType.StopLimit ? bar.Close + sign * step * (0.5 + _random.NextDouble()) : bar.Close - sign * step,
            StopPrice = bar.Close + sign * step,
            StopLoss = _random.Next(2) == 0 ? bar.Close * (1 - sign * 0.02 * (0.1 + _random.NextDouble())) : 0,
            TakeProfit = _random.Next(2) == 0 ? bar.Close * (1 + sign * 0.02 * (0.1 + _random.NextDouble())) : 0,
            TrailingStopPercent = _random.Next(3) == 0 ? 0.3 + _random.NextDouble() : 0,
            Quantity = _random.Next(3) == 0 ? _random.Next(1, 50) : 0,
            TimeInForce = (TimeInForce)_random.Next(3),
            ExpiresAt = bar.Time.AddMinutes(_random.Next(1, 400)).Ticks,
        };
    }

    private void Keep(OrderId id)
    {
        if (id.IsNone) return;
        _ids.Add(id);
        if (_ids.Count > 8) _ids.RemoveAt(0);
    }
}

/// <summary>The same, listening: follows every order through its life.</summary>
internal sealed class ListeningTrader(int seed, bool byHand, TradeRecorder recorder) : RandomTrader(seed, byHand)
{
    private readonly Dictionary<OrderId, Order> _orders = [];

    public StrategyRunProbe Probe { get; set; } = null!;

    public IReadOnlyDictionary<OrderId, Order> Orders => _orders;

    public int Fills { get; private set; }

    public override void OnBar(StrategyContext bar)
    {
        Probe.Check(bar, recorder);
        base.OnBar(bar);
    }

    public override void OnOrder(StrategyContext bar, in Order order)
    {
        var before = _orders.TryGetValue(order.Id, out var known) ? known.State : OrderState.New;
        if (before == OrderState.New) bar.Time.Ticks.ShouldBeGreaterThanOrEqualTo(order.CreatedAt);
        before.CanBecome(order.State).ShouldBeTrue($"order {order.Id.Value}: {before} to {order.State}");
        if (order.State == OrderState.Filled)
        {
            Fills++;
            order.FilledQuantity.ShouldBe(order.Quantity);
            (order.FilledPrice >= bar.Low && order.FilledPrice <= bar.High)
                .ShouldBeTrue($"{order.Role} {order.Type} at {order.FilledPrice} in {bar.Low}…{bar.High}");
            if (order.Type == OrderType.Limit)
                ((int)order.Side * (order.LimitPrice - order.FilledPrice) >= 0).ShouldBeTrue("a limit order never fills beyond its limit");
        }
        _orders[order.Id] = order;
    }
}

/// <summary>Looks into a run at every bar.</summary>
internal sealed class StrategyRunProbe(StrategyBook book, double cash, double multiplier, bool partialExits)
{
    public int Checked { get; private set; }

    public double HighestGross { get; private set; }

    public void Check(StrategyContext bar, TradeRecorder recorder)
    {
        Checked++;
        var close = bar.Close;
        var scale = cash * 1e-10;
        // Cash plus positions is equity.
        var equity = book.EquityAt(close);
        Close(book.Cash + book.NetQuantity * multiplier * close, equity, scale, "cash + position value");

        // What trades have earned, and what the open ones are worth, is how far the equity has come.
        var closed = recorder.Trades.Select(t => t.Number).ToHashSet();
        var open = recorder.Entries.Where(e => !closed.Contains(e.Number)).ToList();
        if (!partialExits || open.Count == 0)
        {
            var earned = recorder.Trades.Sum(t => t.NetProfit);
            var signs = recorder.Signals.ToDictionary(s => s.Number, s => (int)s.Side);
            var marks = open.Sum(e => signs[e.Number] * (close - e.Price) * e.Quantity * multiplier - e.Commission);
            Close(cash + earned + marks, equity, scale, "profits and marks");
            Close(open.Sum(e => signs[e.Number] * e.Quantity), book.NetQuantity, 1e-9, "positions come from fills");
        }
        HighestGross = Math.Max(HighestGross, open.Sum(e => e.Quantity * close * multiplier));
    }

    private static void Close(double actual, double expected, double tolerance, string what)
    {
        if (!(Math.Abs(actual - expected) <= tolerance)) Assert.Fail($"{what}: {actual:R} instead of {expected:R}");
    }
}
