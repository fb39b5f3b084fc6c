using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;
using Granary.Simulation.RunFolders;

namespace Granary.Trading.Live;

/// <summary>Equity of a live account at the close of a bar.</summary>
/// <param name="Time">Open time of the bar, as in every file of a run, UTC ticks.</param>
/// <param name="Drawdown">Loss since the highest equity before, a fraction of it.</param>
/// <param name="Day">Counted from 1.</param>
internal readonly record struct EquityMark(long Time, double Equity, double Drawdown, int Day);

/// <summary>Records a live account's equity by bar and by day, and describes its open trades, orders and limits.</summary>
/// <param name="currency">The currency of the account; null if its configuration does not name it.</param>
internal sealed class AccountWatch(AccountLedger ledger, AccountLevels levels, LivePortfolio portfolio, Timeframe timeframe,
    string? currency = null)
{
    private const int MostDays = 35, MostWeeks = 14, MostSymbols = 200;

    // The last equity of each day, by the open times of its bars.
    private readonly List<(DateOnly Day, double Equity)> _days = [];
    private readonly List<EquityMark> _marks = [];
    // The highest equity of the marks that are final.
    private double _peak = double.NegativeInfinity;
    // Notional traded up to the final mark, and before the day of the last bar.
    private double _traded, _tradedBefore;
    // Close of the bar whose mark, the last one, is not final; UTC ticks.
    private long? _open;

    /// <summary>When the session received its last bar, UTC.</summary>
    public DateTimeOffset? LastBarAt { get; set; }

    /// <summary>Cash plus positions at the last closes.</summary>
    public double Equity()
    {
        var equity = ledger.Cash;
        foreach (var (symbol, held) in ledger.Positions) equity += ValueOf(symbol, held);
        return equity;
    }

    /// <summary>
    /// Whether the account was without equity at the close of a bar. Its fills differ from the portfolio's, which may not be ruined.
    /// </summary>
    public bool IsRuined { get; private set; }

    /// <summary>Whether the account has no equity now, with fills that no mark has yet.</summary>
    public bool HasNoEquity => (ledger.Cash != 0 || ledger.Fills > 0) && !(Equity() > 0);

    /// <summary>Begins the mark of a bar that the account trades; later facts with the time of its close still change it.</summary>
    /// <param name="close">UTC ticks.</param>
    /// <param name="open">UTC ticks.</param>
    public void Begin(long close, long open)
    {
        _open = close;
        var day = DateOnly.FromDateTime(new DateTime(open));
        if (_days is not [.., var last] || last.Day < day)
        {
            _days.Add((day, 0));
            _tradedBefore = _traded;
        }
        _marks.Add(new EquityMark(open, 0, 0, _days.Count));
        Refresh();
    }

    /// <summary>
    /// Makes the mark of the last bar final if market time is later than its close. Call it before a fact of this time is booked, in a
    /// session and in the replay of its journal alike: a mark then has the same facts in both.
    /// </summary>
    /// <param name="timestamp">UTC ticks.</param>
    public void Reach(long timestamp)
    {
        if (_open is not { } close || timestamp <= close) return;
        Refresh();
        _peak = Math.Max(_peak, _marks[^1].Equity);
        IsRuined |= HasNoEquity;
        _traded = ledger.Traded;
        _open = null;
    }

    /// <summary>Sets the mark of the last bar to the account's equity, if the mark is not final.</summary>
    public void Refresh()
    {
        if (_open is null) return;
        var equity = Equity();
        var peak = Math.Max(Peak, equity);
        _marks[^1] = _marks[^1] with { Equity = equity, Drawdown = peak > 0 ? 1 - equity / peak : 0 };
        _days[^1] = (_days[^1].Day, equity);
    }

    private double Peak => Math.Max(_peak, ledger.StartingCash);

    /// <summary>The account's equity by bar, oldest first.</summary>
    public IReadOnlyList<EquityMark> Marks => _marks;

    /// <summary>Returns the current state of the account.</summary>
    /// <param name="journal">The journal's name.</param>
    /// <param name="isStream">Whether the bars are live.</param>
    public AccountDetails Details(string journal, bool isStream) => new()
    {
        StartingCash = ledger.StartingCash,
        Currency = currency,
        Balances = [.. ledger.Balances.Select(b => new AccountBalance(b.Currency, b.Amount, b.Rate))],
        Trades = [.. ledger.ActiveTrades.Where(t => t.Open > 0).Select(Of)],
        Orders = [.. ledger.OpenOrders.Where(o => o.Unknown || !o.State.IsFinal()).Select(Of)],
        GrossPercent = Percent(Gross(), Equity()),
        Curve = Curve(),
        Limits = [.. Limits(View())],
        Days = Periods(d => d, MostDays),
        Weeks = Periods(d => d.AddDays(-(((int)d.DayOfWeek + 6) % 7)), MostWeeks),
        LastBarAt = LastBarAt,
        FeedLag = isStream && LastBarAt is { } at
            ? Math.Max(0, (at - new DateTimeOffset(portfolio.Timestamp, TimeSpan.Zero)).TotalSeconds) : null,
        Journal = journal,
        Adjusted = [.. portfolio.Instruments.Values.Where(i => i.IsAdjusted).Select(i => i.Symbol).Order(StringComparer.Ordinal)],
        Digits = DigitsOf(),
        Blocked = [.. ledger.Blocked.Order(StringComparer.Ordinal)],
    };

    // An account of many symbols shows those that it holds; a form has those that it offers.
    private Dictionary<string, SymbolDigits> DigitsOf()
    {
        var all = portfolio.Instruments.Count <= MostSymbols ? portfolio.Instruments.Keys
            : ledger.Positions.Where(p => p.Value != 0).Select(p => p.Key).Union(ledger.OpenOrders.Select(o => o.Order.Symbol));
        return all.Order(StringComparer.Ordinal).ToDictionary(s => s, s => new SymbolDigits(Digits.OfPrices(portfolio.InstrumentOf(s)),
            Digits.OfQuantities(portfolio.InstrumentOf(s)), portfolio.LastOf(s)?.Close), StringComparer.Ordinal);
    }

    private AccountTradeRow Of(AccountTrade t)
    {
        var last = portfolio.LastOf(t.Symbol)?.Close;
        var (stop, target, trails) = levels.Of(t);
        return new AccountTradeRow(t.Entry, t.Strategy, t.Number, t.Symbol, t.Side, t.Open, t.EntryPrice,
            new DateTime(t.EntryTime, DateTimeKind.Utc), last, last is { } now ? t.ProfitAt(now, t.Open) * UnitOf(t.Symbol) : null)
        {
            Value = last is null ? null : ValueOf(t.Symbol, (int)t.Side * t.Open),
            Stop = stop > 0 ? stop : null,
            Trails = trails,
            Target = target > 0 ? target : null,
            Risk = stop > 0 ? (int)t.Side * t.Open * UnitOf(t.Symbol) * (last - stop) : null,
            ByHand = ClientOrderId.IsByHand(t.Entry),
        };
    }

    private AccountOrderRow Of(TrackedOrder o) => new(o.Order.ClientId, o.Strategy, o.Order.Symbol, o.Order.Side, o.Order.Type,
        o.Quantity, o.Filled, AccountTables.PriceOf(o),
        o.Unknown ? "unknown" : JsonNamingPolicy.KebabCaseLower.ConvertName(o.State.ToString()),
        new DateTime(FactTime.Of(o.Order.CreatedAt, timeframe), DateTimeKind.Utc));

    /// <summary>The account as the limits see it, at the last closes.</summary>
    /// <param name="change">An order that is counted as filled; null for none.</param>
    public AccountView View(AccountChange? change = null)
    {
        var equity = Equity();
        return new AccountView(ledger, portfolio.Run.View, ValueOf, change)
        {
            Equity = equity,
            DayStart = _days.Count > 1 ? _days[^2].Equity : ledger.StartingCash,
            Drawdown = Peak > 0 ? Math.Max(0, 1 - equity / Peak) : 0,
            Turnover = ledger.Traded - _tradedBefore,
        };
    }

    /// <summary>The use of the limits.</summary>
    public IEnumerable<LimitUse> Limits(AccountView account) => portfolio.Run.Uses(account).Select(u =>
        new LimitUse(u.Rule, u.Use.Used, u.Use.Allowed, u.Use.About, u.Use.Title, u.Use.Unit, u.Refusal.Word, u.Refusal.Sentence));

    /// <summary>Whether the limits admit an accepted entry over the account, in which entries by hand count.</summary>
    public Decision Admits(PortfolioSignal decided)
    {
        var (strategy, symbol, signal, _, granted) = decided;
        return portfolio.MarketOf(symbol) is not { } market ? Decision.Accepted : portfolio.Run.DecideOver(strategy.Instance.Index, market,
            signal, granted * Math.Abs(signal.Price) * UnitOf(symbol), View());
    }

    /// <summary>The most that an entry may cost at the last closes, account currency.</summary>
    /// <param name="closed">A trade that is counted as closed; null for none.</param>
    public double FreeCash(ExecutionSettings execution, AccountTrade? closed = null)
    {
        var cash = ledger.Cash + (closed is null ? 0 : ValueOf(closed.Symbol, (int)closed.Side * closed.Open));
        List<(BuyingPower Power, PositionSums Sums, double Price, double Rate)> held =
            [.. ledger.ActiveTrades.Where(t => t != closed && t.Open > 0).GroupBy(t => t.Symbol).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => Held(g.Key, new BuyingPower(portfolio.InstrumentOf(g.Key), execution), g))];
        var spendable = new Spendable(execution, cash, Equity());
        foreach (var (power, sums, price, rate) in held) spendable.Settle(power, sums, price, rate);
        foreach (var (power, sums, price, rate) in held) spendable.TieUp(power, sums, price, rate);
        return spendable.Amount;
    }

    /// <summary>The part of <see cref="FreeCash"/> that an entry takes, its fee included; account currency.</summary>
    public double CostOf(ExecutionSettings execution, string symbol, double price, double quantity, bool isMaker) =>
        new BuyingPower(portfolio.InstrumentOf(symbol), execution).Cost(price, quantity, isMaker) * ledger.RateOf(symbol);

    private (BuyingPower, PositionSums, double Price, double Rate) Held(string symbol, BuyingPower power, IEnumerable<AccountTrade> trades)
    {
        var (multiplier, sums, price) = (portfolio.InstrumentOf(symbol).Multiplier, new PositionSums(), 0.0);
        foreach (var trade in trades)
        {
            price = portfolio.LastOf(symbol)?.Close ?? trade.EntryPrice;
            sums.Net += (int)trade.Side * trade.Open * multiplier;
            if (trade.Side == Side.Buy)
            {
                sums.Longs += trade.Open;
            }
            else
            {
                sums.Shorts += trade.Open;
                sums.Collateral += 2 * trade.Open * trade.EntryPrice * multiplier;
            }
            if (power.IsIsolated) sums.Isolated += power.TiedUp(trade.Side, trade.EntryPrice, trade.Open);
        }
        return (power, sums, price, ledger.RateOf(symbol));
    }

    /// <summary>The net profit of a trade of the account at the last close, account currency.</summary>
    public double NetOf(AccountTrade trade)
    {
        var open = portfolio.LastOf(trade.Symbol) is { } last
            ? trade.ProfitAt(last.Close, trade.Open) * portfolio.InstrumentOf(trade.Symbol).Multiplier : 0;
        var net = trade.NetProfit + open;
        return trade.State == TradeState.Closed ? ledger.WorthOf(trade.Symbol, net, net * trade.Rate) : net * ledger.RateOf(trade.Symbol);
    }

    /// <summary>Value of a unit of price and quantity of a symbol, account currency.</summary>
    public double UnitOf(string symbol) => portfolio.InstrumentOf(symbol).Multiplier * ledger.RateOf(symbol);

    private static double Percent(double value, double equity) => equity > 0 ? 100 * value / equity : 0;

    private double Gross() => ledger.Positions.Sum(p => Math.Abs(ValueOf(p.Key, p.Value)));

    private AccountCurve Curve()
    {
        List<EquityMark> kept = [.. LevelOfDetail.Keep([.. _marks.Select(m => m.Equity)], AccountCurve.MostPoints).Select(i => _marks[i])];
        return new AccountCurve([.. kept.Select(m => new DateTime(m.Time, DateTimeKind.Utc))], [.. kept.Select(m => m.Equity)],
            [.. kept.Select(m => m.Drawdown)], [.. kept.Select(m => m.Day)]);
    }

    private double ValueOf(string symbol, double held) =>
        held != 0 && portfolio.LastOf(symbol) is { } last ? held * last.Close * portfolio.InstrumentOf(symbol).Multiplier
            * ledger.RateOf(symbol) : 0;

    private List<PeriodProfit> Periods(Func<DateOnly, DateOnly> startOf, int most)
    {
        var found = new List<PeriodProfit>();
        var before = ledger.StartingCash;
        foreach (var period in _days.GroupBy(d => startOf(d.Day)))
        {
            var equity = period.Last().Equity;
            found.Add(new PeriodProfit(period.Key, equity - before, equity));
            before = equity;
        }
        return found.Count > most ? found.GetRange(found.Count - most, most) : found;
    }
}
