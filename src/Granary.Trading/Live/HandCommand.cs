using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>
/// Makes the order of a command by hand, and shows what it would do. The size, the prices and the refusals follow from the account at the
/// last closes; the journal has the result, so that a restart decides nothing again.
/// </summary>
internal sealed class HandCommand(BatchSpec spec, LivePortfolio portfolio, AccountLedger ledger, AccountLevels levels,
    AccountOrders orders, AccountWatch watch)
{
    private sealed record Plan(string Trade, string Symbol, Side Side, double Quantity, double Price, double LimitPrice, double Cost)
    {
        /// <summary>The entry, part or levels that the journal gets.</summary>
        public HandOrder? Order { get; init; }

        public (double Stop, double Target) Levels { get; init; }

        /// <summary>The side of the trade whose stop and target these are.</summary>
        public Side Protects { get; init; }

        public double? Profit { get; init; }

        /// <summary>Base units that the stop closes afterwards.</summary>
        public double Held { get; init; }

        /// <summary>Change of the position, signed base units.</summary>
        public double Change { get; init; }

        /// <summary>Change of the number of open trades.</summary>
        public int Trades { get; init; }

        public string Then { get; init; } = "";

        public string? Refusal { get; init; }
    }

    /// <summary>Whether the command needs an order: a part, an entry, levels or a reversal.</summary>
    public static bool IsOf(IssuedCommand command) => command.Hand is not null
        || command.Command is SessionCommand.Protect or SessionCommand.Enter or SessionCommand.Reverse;

    /// <summary>Makes the order of a command.</summary>
    /// <returns>The order, null for the close of a whole trade; what it would do, null if it names nothing; why it is refused.</returns>
    public (HandOrder? Order, HandPreview? Preview, string? Fault) Make(IssuedCommand command)
    {
        var hand = command.Hand ?? new HandRequest();
        try
        {
            var plan = command.Command switch
            {
                SessionCommand.Close => Close(TradeOf(command), hand),
                SessionCommand.Protect => Protect(command, hand),
                SessionCommand.Reverse => Reverse(TradeOf(command), hand),
                _ => Enter(command.Symbol, hand.Side ?? Side.Buy, hand),
            };
            return (plan.Order, PreviewOf(command, plan), plan.Refusal);
        }
        catch (RefusedException e)
        {
            return (null, null, e.Message);
        }
    }

    private sealed class RefusedException(string message) : Exception(message);

    private AccountTrade TradeOf(IssuedCommand command) => ledger.TradeOf(command.Trade) is { Open: > 0 } trade ? trade
        : throw new RefusedException($"nothing was {Done(command.Command)}: the account has no open trade {command.Trade}; use the entry "
            + "of a trade of the status");

    private static string Done(SessionCommand command) => command switch
    {
        SessionCommand.Close => "closed",
        SessionCommand.Reverse => "reversed",
        SessionCommand.Protect => "changed",
        _ => "entered",
    };

    private Bar LastOf(string symbol) => portfolio.LastOf(symbol)
        ?? throw new RefusedException($"{symbol} has no bar yet; wait for its first one");

    private Plan Close(AccountTrade trade, HandRequest hand)
    {
        var instrument = portfolio.InstrumentOf(trade.Symbol);
        var quantity = hand.Quantity is { } part && part < trade.Open * (1 - Tolerance.Arithmetic) ? instrument.RoundQuantity(part)
            : trade.Open;
        if (!(quantity > 0))
            throw new RefusedException($"{Digits.Text(hand.Quantity ?? 0, null)} {trade.Symbol} rounds to nothing in lots of "
                + Digits.Text(instrument.LotSize, null));
        var side = (Side)(-(int)trade.Side);
        var (price, cost) = MarketOf(trade.Symbol, side, quantity);
        var isPart = quantity < trade.Open;
        var now = levels.Of(trade);
        return new Plan(trade.Entry, trade.Symbol, side, quantity, price, 0, cost)
        {
            Order = isPart ? new HandOrder { Side = side, Quantity = quantity, Share = quantity / trade.Open } : null,
            Levels = isPart ? (now.Stop, now.Target) : default,
            Protects = trade.Side,
            Held = trade.Open - quantity,
            Profit = trade.ProfitAt(price, quantity) * watch.UnitOf(trade.Symbol),
            Change = (int)side * quantity,
            Trades = isPart ? 0 : -1,
            Then = (isPart, ClientOrderId.IsByHand(trade.Entry)) switch
            {
                (true, true) => "The rest stays open: only its stop, its target and your commands close it.",
                (true, false) => $"{trade.Strategy} manages the rest: its exit, stop and target close what is left.",
                (false, true) => "The trade is over.",
                _ => $"{trade.Strategy} may enter again with its next signal.",
            },
        };
    }

    private Plan Protect(IssuedCommand command, HandRequest hand)
    {
        var trade = TradeOf(command);
        if (ledger.OpenOrders.Any(o => o.Order.Closes == trade.Entry && !o.State.IsFinal()))
            throw new RefusedException($"nothing was changed: an order closes trade {trade.Entry} already");
        var instrument = portfolio.InstrumentOf(trade.Symbol);
        var now = levels.Of(trade);
        var prices = (Stop: instrument.RoundPrice(hand.Stop ?? now.Stop), Target: instrument.RoundPrice(hand.Target ?? now.Target));
        var last = LastOf(trade.Symbol).Close;
        Check(instrument, trade.Side, last, "the last close", hand.Stop is null ? 0 : prices.Stop, hand.Target is null ? 0 : prices.Target);
        return new Plan(trade.Entry, trade.Symbol, (Side)(-(int)trade.Side), trade.Open, last, 0, 0)
        {
            Order = new HandOrder { Side = (Side)(-(int)trade.Side), Quantity = trade.Open, Stop = prices.Stop, Target = prices.Target },
            Levels = prices,
            Protects = trade.Side,
            Held = trade.Open,
            Then = ClientOrderId.IsByHand(trade.Entry) ? "Only this stop, this target and your commands close the trade."
                : $"They replace stop, trailing stop and targets of {trade.Strategy}, also when it moves its stop. "
                    + (hand.Stop is null && now.Trails
                        ? $"Its trailing stop stays at {Digits.Text(prices.Stop, Digits.OfPrices(instrument))}. " : "")
                    + "Its exits by signal and by time still close the trade.",
        };
    }

    private Plan Enter(string symbol, Side side, HandRequest hand)
    {
        var instrument = InstrumentOf(symbol);
        var limit = hand.Price is { } wanted ? instrument.RoundPrice(wanted) : 0;
        var last = LastOf(symbol).Close;
        var prices = (Stop: instrument.RoundPrice(hand.Stop ?? 0), Target: instrument.RoundPrice(hand.Target ?? 0));
        var waits = Waits(symbol, side, limit);
        var near = waits ? limit : last;
        Check(instrument, side, near, waits ? "the limit price" : "the last close", prices.Stop, prices.Target);
        if (hand.Size is not { } size) throw new RefusedException("nothing was entered: the size is missing; give one of units, "
            + "percentOfEquity, cash or riskPercent");
        // The amounts are the account's, and the prices those of the instrument.
        var quantity = size.Quantity(watch.Equity(), near, prices.Stop, watch.UnitOf(symbol));
        if (double.IsNaN(quantity)) throw new RefusedException("nothing was entered: riskPercent needs a stop");
        return Entry(symbol, side, instrument.RoundQuantity(quantity), limit, prices) with
        {
            Then = "No strategy manages this trade: only its stop, its target and your commands close it.",
        };
    }

    // A limit beyond the last close fills like a market order.
    private bool Waits(string symbol, Side side, double limit) => limit > 0 && (int)side * (limit - LastOf(symbol).Close) < 0;

    private Instrument InstrumentOf(string symbol) => portfolio.MarketOf(symbol) is not null ? portfolio.InstrumentOf(symbol)
        : throw new RefusedException($"nothing was entered: this session does not trade the symbol {symbol}; it trades "
            + string.Join(", ", portfolio.Instruments.Keys.Where(s => portfolio.MarketOf(s) is not null).Order(StringComparer.Ordinal)
                .Take(8)));

    // The quantity is in whole lots. A trade that the order closes first makes room for it.
    private Plan Entry(string symbol, Side side, double quantity, double limit, (double Stop, double Target) prices,
        AccountTrade? closed = null)
    {
        // A limit order that the last close does not reach waits in the book.
        var (price, cost) = Waits(symbol, side, limit) ? (limit, FeeOf(symbol, limit, quantity, isMaker: true))
            : MarketOf(symbol, side, quantity, limit);
        var value = quantity * Math.Abs(price) * watch.UnitOf(symbol);
        var id = orders.Hand.NextId;
        var signal = new Signal(0, LastOf(symbol).Time, side, limit > 0 ? OrderType.Limit : OrderType.Market, price, quantity, prices.Stop,
            prices.Target, long.MaxValue);
        return new Plan(id, symbol, side, quantity, price, limit, cost)
        {
            Order = new HandOrder
            {
                Id = id,
                Side = side,
                Type = signal.Type,
                Quantity = quantity,
                LimitPrice = limit,
                Stop = prices.Stop,
                Target = prices.Target,
            },
            Levels = prices,
            Protects = side,
            Held = quantity,
            Change = (int)side * quantity,
            Trades = 1,
            Refusal = RefusalOf(symbol, signal, limit, value, closed),
        };
    }

    // The sentence that a strategy gets.
    private string? RefusalOf(string symbol, in Signal signal, double limit, double value, AccountTrade? closed)
    {
        var market = portfolio.MarketOf(symbol)!.Value;
        if (orders.Paused) return Decision.Paused.Sentence;
        if (orders.Flatten) return Decision.Ruined.Sentence;
        if (ledger.Blocked.Contains(symbol))
            return $"Entries in {symbol} are blocked, because books and broker differ; resume allows them again.";
        if (!(signal.Quantity > 0)) return Decision.NoQuantity.Sentence;
        var instrument = portfolio.InstrumentOf(symbol);
        if (signal.Side == Side.Sell && instrument.Borrow is { IsGiven: true } borrow
            && signal.Quantity > (borrow.AvailableAt(portfolio.Timestamp) - orders.Hand.ShortIn(symbol)) * BorrowSeries.Enough)
            return Decision.NotShortable.Sentence;
        if (instrument.Rates.IsForeign && instrument.Rates.FaultAt(portfolio.Timestamp) is { } fault)
            return (fault.IsFirst ? $"No rate of {instrument.Currency} is known yet" : $"The last rate of {instrument.Currency} is too old")
                + ": nothing is entered in it until a newer one comes.";
        if (instrument.MinimumOf(signal.Quantity, signal.Price) > 0) return Decision.BelowMinimum.Sentence;
        var without = closed is null ? null : new AccountChange(closed.Symbol, -(int)closed.Side * closed.Open, -1);
        var decision = portfolio.Run.DecideByHand(market, signal, value, watch.View(without));
        if (!decision.IsAccepted) return decision.Sentence;
        var settings = spec.Execution.Settings;
        var cost = watch.CostOf(settings, symbol, signal.Price, signal.Quantity, Waits(symbol, signal.Side, limit));
        return BuyingPower.Exceeds(cost, watch.FreeCash(settings, closed)) ? Decision.NoCash.Sentence : null;
    }

    private Plan Reverse(AccountTrade trade, HandRequest hand)
    {
        var side = (Side)(-(int)trade.Side);
        var instrument = InstrumentOf(trade.Symbol);
        var close = Close(trade, hand with { Quantity = null });
        var prices = (Stop: instrument.RoundPrice(hand.Stop ?? 0), Target: instrument.RoundPrice(hand.Target ?? 0));
        Check(instrument, side, LastOf(trade.Symbol).Close, "the last close", prices.Stop, prices.Target);
        var entry = Entry(trade.Symbol, side, trade.Open, 0, prices, trade);
        return entry with
        {
            Trade = trade.Entry,
            Quantity = 2 * trade.Open,
            Cost = close.Cost + entry.Cost,
            Profit = close.Profit,
            Change = 2 * (int)side * trade.Open,
            Trades = 0,
            Then = (ClientOrderId.IsByHand(trade.Entry) ? "" : $"{trade.Strategy} may enter again with its next signal. ")
                + "No strategy manages the new trade: only its stop, its target and your commands close it.",
        };
    }

    private static void Check(Instrument instrument, Side side, double price, string of, double stop, double target)
    {
        string Number(double value) => Digits.Text(value, Digits.OfPrices(instrument));

        var (sign, word) = ((int)side, side == Side.Buy ? "long" : "short");
        if (stop < 0 || target < 0) throw new RefusedException("a stop or a target is a price above 0; 0 removes it");
        if (stop > 0 && sign * (price - stop) <= 0)
            throw new RefusedException($"the stop {Number(stop)} of a {word} trade must be {(sign > 0 ? "below" : "above")} {of}, "
                + Number(price));
        if (target > 0 && sign * (target - price) <= 0)
            throw new RefusedException($"the target {Number(target)} of a {word} trade must be {(sign > 0 ? "above" : "below")} {of}, "
                + Number(price));
    }

    // Expected price of an order that fills at once, not beyond a limit, and what it costs against the last close.
    private (double Price, double Cost) MarketOf(string symbol, Side side, double quantity, double limit = 0)
    {
        var last = LastOf(symbol).Close;
        var price = portfolio.MarketOf(symbol) is { } market ? portfolio.Run.PriceOf(market, side, quantity) : last;
        if (limit > 0 && (int)side * (price - limit) > 0) price = limit;
        return (price, FeeOf(symbol, price, quantity) + Math.Abs(price - last) * quantity * watch.UnitOf(symbol));
    }

    private double FeeOf(string symbol, double price, double quantity, bool isMaker = false) => portfolio.MarketOf(symbol) is { } market
        ? portfolio.Run.FeeOf(market, portfolio.Timestamp, price, quantity, isMaker) * ledger.RateOf(symbol) : 0;

    private HandPreview PreviewOf(IssuedCommand command, Plan plan)
    {
        var (equity, unit) = (watch.Equity(), watch.UnitOf(plan.Symbol));
        double? risk = plan.Levels.Stop > 0 ? (int)plan.Protects * (plan.Price - plan.Levels.Stop) * plan.Held * unit : null;
        var view = watch.View(plan.Change == 0 ? null : new AccountChange(plan.Symbol, plan.Change, plan.Trades));
        return new HandPreview(SessionWords.Of(command.Command), plan.Trade, plan.Symbol, plan.Side, plan.Quantity, plan.Price,
            plan.Quantity * Math.Abs(plan.Price) * unit, plan.Cost, plan.Levels.Stop > 0 ? plan.Levels.Stop : null,
            plan.Levels.Target > 0 ? plan.Levels.Target : null, risk, equity > 0 ? 100 * risk / equity : null, plan.Profit,
            ledger.PositionOf(plan.Symbol) + plan.Change, equity > 0 ? 100 * view.GrossValue / equity : 0, [.. watch.Limits(view)],
            plan.Refusal, plan.Then);
    }
}
