using System.Globalization;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Accounts;

/// <summary>
/// Runs a story in the account of its strategy, sends the orders to the simulated exchange, books that one's events in the ledger of a live
/// account, and lets a portfolio follow the strategy.
/// </summary>
internal sealed class StoryHosts : IRunListener
{
    private readonly Story _story;
    private readonly Instrument[] _instruments;
    private readonly ExecutionSettings _execution;
    private readonly TradingSettings _settings;
    private readonly IStoryVenue _venue;
    private AccountLedger _ledger;
    // What the ledger has booked, from which it is computed after a restart.
    private readonly List<JournalEvent> _journal = [];
    private readonly PortfolioRun _portfolio;
    private readonly Records _ofStrategy = new(), _ofVenue = new(), _ofPortfolio = new();
    private readonly Dictionary<int, (Side Side, double Quantity, double Fees)> _open = [];
    // The bars of the day, by symbol.
    private Bar[] _bars = [];
    private int _day;
    private readonly List<RunEvent> _within = [];
    private long _booked, _marked = long.MinValue;
    private double _portfolioPosition;

    private sealed class Records
    {
        public List<StoryFill> Fills { get; } = [];

        public List<StoryFinancing> Financing { get; } = [];

        public List<StoryTrade> Trades { get; } = [];

        public StoryOutcome With(double cash, double position) => new(Fills, Financing, Trades, cash, position);
    }

    private StoryHosts(Story story, double scale, IStoryVenue? venue)
    {
        (_story, _instruments, _execution) = (story, story.ToInstruments(), story.Execution.ToExecution());
        _settings = story.Settings.ToSettings(story.Cash);
        _venue = venue ?? new ExchangeInMemory(new SimulatedExchange(new PaperSettings { Cash = story.Cash }, _execution,
            _instruments.ToDictionary(i => i.Symbol)));
        _ledger = NewLedger();
        _portfolio = new PortfolioRun(story.Cash * scale, new PortfolioLimits(), _instruments,
            [new PortfolioMember("story", [.. Enumerable.Range(0, _instruments.Length)], scale)
            { Timeframe = Timeframe.D1, Settings = _settings }], _execution);
        _portfolio.ReportFills(OnPortfolioFill);
        _portfolio.Books.Closed = t => Add(_ofPortfolio, t.Trade);
    }

    private AccountLedger NewLedger() => new(_story.Cash, symbol => _instruments.First(i => i.Symbol == symbol).Multiplier);

    /// <param name="scale">The weight and the cash of the portfolio, in strategies.</param>
    /// <param name="venue">null = the exchange in memory.</param>
    public static (StoryOutcome Strategy, StoryOutcome Venue, StoryOutcome Ledger, StoryOutcome Portfolio) Run(Story story,
        double scale = 1, IStoryVenue? venue = null)
    {
        var hosts = new StoryHosts(story, scale, venue);
        var account = hosts._instruments.Length == 1 ? hosts.RunOne() : hosts.RunSeveral();
        var (ledger, symbols) = (hosts._ledger, hosts._instruments.Select(i => i.Symbol));
        return (hosts._ofStrategy.With(account.Cash, account.Symbols.Sum(s => s.Quantity)),
            hosts._ofVenue.With(hosts._venue.Cash, symbols.Sum(hosts._venue.PositionOf)),
            hosts._ofVenue.With(ledger.Cash, symbols.Sum(ledger.PositionOf)),
            hosts._ofPortfolio.With(hosts._portfolio.Cash, hosts._portfolioPosition));
    }

    private AccountState RunOne()
    {
        var series = new MarketSeries(_instruments[0], Timeframe.D1);
        var plan = new FactorPlan();
        var run = new StrategyRun("story", new Actor(_story), series, _settings, _execution, plan, this);
        var pipeline = new FeedPipeline(series, plan);
        foreach (var (i, bar) in _story.ToBars()[0].Index())
        {
            var prepared = pipeline.Prepare(BarBlock.FromBars(i, [bar]));
            Day(i, [bar], () => run.Process(prepared));
            pipeline.Return(prepared);
        }
        var account = run.ReadAccount();
        _ = run.Finish();
        return account;
    }

    private AccountState RunSeveral()
    {
        MarketSeries[] series = [.. _instruments.Select(i => new MarketSeries(i, Timeframe.D1))];
        FactorPlan[] plans = [.. series.Select(_ => new FactorPlan())];
        var run = new MultiSymbolRun("story", new ActorOfSeveral(_story), series, _settings, _execution, plans, this);
        var pipeline = new JoinedPipeline(series, plans);
        var joiner = new FeedJoiner(series, 1);
        var bars = _story.ToBars();
        for (var i = 0; i < bars[0].Length; i++)
        {
            for (var s = 0; s < bars.Length; s++) joiner.Add(s, BarBlock.FromBars(i, [bars[s][i]]));
            joiner.TryNext(out var block).ShouldBeTrue();
            var prepared = pipeline.Prepare(block!);
            Day(i, [.. bars.Select(b => b[i])], () => run.Process(prepared));
            pipeline.Return(prepared);
        }
        var account = run.ReadAccount();
        _ = run.Finish();
        return account;
    }

    private void Day(int day, Bar[] bars, Action process)
    {
        _bars = bars;
        _day = day;
        OnVenue();
        process();
        Mark();
        _portfolio.Revalue(_bars[0].Time);
        if (_venue.Restart(day)) ReadLedger();
    }

    private sealed class Actor(Story story) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            foreach (var act in story.Acts.Where(a => a.Day == bar.BarNumber))
                switch (act.Do)
                {
                    case "buy": bar.Enter(Side.Buy, act.ToOptions()); break;
                    case "sell": bar.Enter(Side.Sell, act.ToOptions()); break;
                    case "leave long": bar.Exit(Side.Buy); break;
                    case "leave short": bar.Exit(Side.Sell); break;
                }
        }
    }

    private sealed class ActorOfSeveral(Story story) : MultiSymbolStrategy
    {
        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var act in story.Acts.Where(a => a.Day == bar.BarNumber))
                switch (act.Do)
                {
                    case "buy": bar.Symbols[act.Symbol].Enter(Side.Buy, act.ToOptions()); break;
                    case "sell": bar.Symbols[act.Symbol].Enter(Side.Sell, act.ToOptions()); break;
                    case "leave long": bar.Symbols[act.Symbol].Exit(Side.Buy); break;
                    case "leave short": bar.Symbols[act.Symbol].Exit(Side.Sell); break;
                }
        }
    }

    // ---- the exchange and the ledger ----

    private void OnVenue()
    {
        _venue.OnBars(Timeframe.D1.CloseOf(_bars[0].Time),
            [.. _bars.Select((b, s) => new ClosedBar(_instruments[s].Symbol, b, Timeframe.D1))]);
        Poll();
    }

    private void Poll()
    {
        foreach (var e in _venue.Poll(_booked))
        {
            _booked = e.Sequence;
            Book(new VenueReported(_bars[0].Time, e));
            if (e.Financing is { } paid) _ofVenue.Financing.Add(new StoryFinancing(Story.DayOf(paid.At), TradeOf(paid.ClientId),
                Word(paid.Kind), paid.Amount));
            if (e.Roll is { } roll)
            {
                var side = _ledger.TradeOf(roll.ClientId)!.Side;
                foreach (var (isOld, price) in new[] { (true, roll.OldPrice), (false, roll.NewPrice) })
                    _ofVenue.Fills.Add(new StoryFill(Story.DayOf(roll.At), TradeOf(roll.ClientId), Word(isOld ? (Side)(-(int)side) : side),
                        roll.Quantity, price, isOld ? 0 : roll.Fee));
            }
            if (e.Fill is { } fill) _ofVenue.Fills.Add(new StoryFill(Story.DayOf(fill.At), TradeOf(fill.ClientId), Word(fill.Side),
                fill.Quantity, fill.Price, fill.Fee));
        }
    }

    private void OnOrder(in Order order, int symbol)
    {
        var id = Invariant($"{order.TradeNumber}-{(order.Role == OrderRole.Entry ? "e" : "x")}");
        if (order.State is OrderState.Cancelled or OrderState.Expired) _venue.Cancel(id);
        if (order.State != OrderState.Submitted || order.Role is not (OrderRole.Entry or OrderRole.Exit)) return;
        // A stop whose volume has not sufficed is the venue's own order.
        if (order.Reason is ExitReason.Stop or ExitReason.TrailingStop) return;
        var sent = new BrokerOrder
        {
            ClientId = id,
            Symbol = _instruments[symbol].Symbol,
            Side = order.Side,
            Type = IsDelayed(order) ? OrderType.Market : order.Type,
            Quantity = order.Quantity,
            LimitPrice = order.LimitPrice,
            StopPrice = order.StopPrice,
            TimeInForce = order.TimeInForce,
            ExpiresAt = order.ExpiresAt,
            Closes = order.Role == OrderRole.Exit ? Invariant($"{order.TradeNumber}-e") : null,
            Protection = order.Role == OrderRole.Exit ? Protection.None : _settings.ToProtection(_execution).Of(order),
            CreatedAt = Timeframe.D1.CloseOf(_bars[0].Time),
        };
        Book(new OrderIntended(sent.CreatedAt, sent, order.Role, order.TradeNumber, order.Reason));
        Book(new OrderAnswered(sent.CreatedAt, id, _venue.Submit(sent)));
        Poll();
    }

    private void Book(JournalEvent e)
    {
        _journal.Add(e);
        _ledger.Apply(e);
    }

    private void ReadLedger()
    {
        _ledger = NewLedger();
        foreach (var e in _journal) _ledger.Apply(e);
    }

    // An order at the market of a strategy that fills at its own close has become one for a later close. The venue does the same.
    private bool IsDelayed(in Order order)
    {
        if (order.Type != OrderType.MarketOnClose || _execution is not { Fill: FillTiming.SameClose, LatencyBars: > 0 }) return false;
        return order.Role == OrderRole.Exit
            || _story.Acts.Where(a => a.Do is "buy" or "sell").ElementAt(order.TradeNumber - 1).Type == "market";
    }

    // ---- the strategy and the portfolio ----

    public void On(in RunEvent e)
    {
        // What comes at the close comes after the portfolio's own bars.
        if (e.IsAtClose) Mark();
        switch (e.Kind)
        {
            case RunEventKinds.Order: OnOrder(e.Order, e.SymbolIndex); break;
            case RunEventKinds.Signal:
                _open[e.Number] = (e.Signal.Side, 0, 0);
                _portfolio.OnSignal(0, e.Signal, e.SymbolIndex);
                break;
            case RunEventKinds.SignalEnded when !e.IsEndOfRun: _portfolio.OnEntryEnded(0, e.Number, e.SymbolIndex); break;
            case RunEventKinds.EntryEnded: OnEnd(e); break;
            case RunEventKinds.Exiting: _portfolio.OnExiting(0, e.Exiting, e.SymbolIndex); break;
            case RunEventKinds.StopMoved: _portfolio.OnStopMoved(0, e.StopMoved, e.SymbolIndex); break;
            case RunEventKinds.Fill: OnFill(e.Fill); break;
            case RunEventKinds.Split: OnSplit(e.Split); break;
            case RunEventKinds.Roll: OnRoll(e.Roll); break;
            case RunEventKinds.Financing: OnFinancing(e.Financing); break;
            case RunEventKinds.Trade when e.IsClosedTrade:
                OnTrade(e.Trade);
                OnEnd(e);
                break;
        }
    }

    // Within a bar a part may have filled before.
    private void OnEnd(in RunEvent e)
    {
        if (_marked != _bars[0].Time) _within.Add(e);
        else if (e.Kind == RunEventKinds.Trade) _portfolio.OnTrade(0, e.Trade);
        else _portfolio.OnEntryEnded(0, e.Number, e.SymbolIndex);
    }

    // A portfolio has processed a bar before its strategies ask for something at the close.
    private void Mark()
    {
        if (_marked == _bars[0].Time) return;
        _marked = _bars[0].Time;
        foreach (var (symbol, bar) in _bars.Index())
            _portfolio.OnBar(symbol, Timeframe.D1, BarBlock.FromBars(_day, [bar]), 0);
        _portfolio.Process();
        foreach (var e in _within) OnEnd(e);
        _within.Clear();
        _portfolio.Revalue(_bars[0].Time);
        _portfolio.CheckEnd();
    }

    private void OnFill(in TradeFill fill)
    {
        var (side, quantity, fees) = _open[fill.Number];
        _open[fill.Number] = (side, fill.IsEntry ? quantity + fill.Quantity : quantity - fill.Quantity, fees + fill.Commission);
        Add(_ofStrategy, fill.Number, fill.Time, fill.IsEntry ? side : (Side)(-(int)side), fill.Quantity, fill.Price, fill.Commission);
    }

    // The last fill is only sent where it cannot be computed from the trade.
    private void OnTrade(in Trade trade)
    {
        var (side, quantity, fees) = _open[trade.Number];
        if (quantity > 1e-9)
            Add(_ofStrategy, trade.Number, trade.ExitTime, (Side)(-(int)side), quantity, trade.ExitPrice, trade.Commission - fees);
        // The end of an account is no event of its own.
        var number = trade.Number;
        var rest = trade.Financing - _ofStrategy.Financing.Where(f => f.Trade == number).Sum(f => f.Amount);
        if (Math.Abs(rest) > 1e-9)
            _ofStrategy.Financing.Add(new StoryFinancing(Story.DayOf(trade.ExitTime), number, "writeOff", rest));
        Add(_ofStrategy, trade);
    }

    private void OnSplit(in SplitEvent split)
    {
        var (side, quantity, fees) = _open[split.Number];
        _open[split.Number] = (side, quantity * split.Ratio, fees);
    }

    private void OnRoll(in RollEvent roll)
    {
        var (side, quantity, fees) = _open[roll.Number];
        _open[roll.Number] = (side, quantity, fees + roll.Commission);
        Add(_ofStrategy, roll.Number, roll.Time, (Side)(-(int)side), roll.Quantity, roll.OldPrice, 0);
        Add(_ofStrategy, roll.Number, roll.Time, side, roll.Quantity, roll.NewPrice, roll.Commission);
    }

    private void OnFinancing(in FinancingEvent paid) => _ofStrategy.Financing.Add(new StoryFinancing(Story.DayOf(paid.Time), paid.Number,
        Word(paid.Kind), paid.Amount * _open[paid.Number].Quantity));

    private void OnPortfolioFill(PortfolioFill fill)
    {
        _portfolioPosition += (int)fill.Side * (fill.Kind == PortfolioFillKind.Exit ? -fill.Quantity : fill.Quantity);
        if (fill.Kind == PortfolioFillKind.Split) return;
        if (fill.Kind == PortfolioFillKind.Roll)
        {
            Add(_ofPortfolio, fill.Number, fill.Time, fill.Quantity < 0 ? (Side)(-(int)fill.Side) : fill.Side, Math.Abs(fill.Quantity),
                fill.Price, fill.Commission);
            return;
        }
        Add(_ofPortfolio, fill.Number, fill.Time, fill.Kind == PortfolioFillKind.Entry ? fill.Side : (Side)(-(int)fill.Side), fill.Quantity,
            fill.Price, fill.Commission);
    }

    private static void Add(Records to, int trade, long time, Side side, double quantity, double price, double fee) =>
        to.Fills.Add(new StoryFill(Story.DayOf(time), trade, Word(side), quantity, price, fee));

    private static void Add(Records to, in Trade trade) => to.Trades.Add(new StoryTrade(trade.Number, Word(trade.Side), trade.Quantity,
        Story.DayOf(trade.EntryTime), trade.EntryPrice, Story.DayOf(trade.ExitTime), trade.ExitPrice, trade.Profit, trade.Commission,
        trade.Financing, Word(trade.Reason)));

    private static string Word(Side side) => side == Side.Buy ? "buy" : "sell";

    private static string Word(FinancingKind kind) => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];

    private static string Word(ExitReason reason) => reason == ExitReason.TrailingStop ? "trail"
        : char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..];

    private static int TradeOf(string clientId) => int.Parse(clientId.Split('-')[0], CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
