using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>A few bars written by hand, and what a strategy does at the close of each.</summary>
internal sealed class Scenario
{
    private readonly List<Bar> _bars = [];
    private readonly Dictionary<int, Action<StrategyContext>> _actions = [];
    private readonly TradeRecorder _recorder = new();

    public TradingSettings Settings { get; init; } = new() { Cash = 10_000, Size = SizeRule.Units(10) };

    public ExecutionSettings Execution { get; init; } = new();

    public Instrument Instrument { get; init; } = new() { Symbol = "TEST" };

    public Timeframe Timeframe { get; init; } = Timeframe.M1;

    /// <summary>Open time of the first bar, UTC.</summary>
    public DateTime Start { get; init; } = new(2024, 3, 4, 14, 30, 0, DateTimeKind.Utc);

    public IReadOnlyList<Trade> Trades => _recorder.Trades;

    public IReadOnlyList<Trade> Closed => [.. _recorder.Closed];

    /// <summary>Closed parts of trades that are open at the end.</summary>
    public IReadOnlyList<Trade> Parts => _recorder.Parts;

    /// <summary>Exits of trades that close in parts: number of the bar, price and quantity.</summary>
    public IReadOnlyList<(int Bar, double Price, double Quantity)> PartialExits =>
        [.. _recorder.Fills.Where(f => !f.IsEntry).Select(f => (BarOf(f.Time), f.Price, f.Quantity))];

    public IReadOnlyList<Signal> Signals => _recorder.Signals;

    public IReadOnlyList<(int Number, SignalEnd End, long Time)> Ended => _recorder.Ended;

    /// <summary>Every change of an order's state, with the number of the bar.</summary>
    public List<(long Bar, Order Order)> Events { get; } = [];

    /// <summary>The last state of each order, in the order of making.</summary>
    public IEnumerable<Order> Orders => Events.GroupBy(e => e.Order.Id).OrderBy(g => g.Key.Value).Select(g => g.Last().Order);

    /// <summary>Adds a bar, and what is done at its close.</summary>
    public Scenario Bar(double open, double high, double low, double close, Action<StrategyContext>? then = null)
    {
        if (then is not null) _actions.Add(_bars.Count, then);
        _bars.Add(new Bar(Start.Ticks + _bars.Count * Timeframe.Ticks, open, high, low, close, 1_000));
        return this;
    }

    /// <summary>The same with a time of its own.</summary>
    public Scenario BarAt(DateTime time, double price, Action<StrategyContext>? then = null)
    {
        if (then is not null) _actions.Add(_bars.Count, then);
        _bars.Add(new Bar(time.Ticks, price, price, price, price, 1_000));
        return this;
    }

    /// <param name="block">The number of bars in a block.</param>
    public StrategyResult Run(int block = 1024) =>
        SingleRun.Of(new Script(this), new MarketSeries(Instrument, Timeframe), _bars.ToArray(), Settings, Execution, _recorder, block);

    /// <summary>The number of the bar that opened at this time.</summary>
    public int BarOf(long time) => _bars.FindIndex(b => b.Time == time);

    private sealed class Script(Scenario scenario) : Strategy
    {
        public override void OnBar(StrategyContext bar)
        {
            if (scenario._actions.TryGetValue((int)bar.BarNumber, out var action)) action(bar);
        }

        public override void OnOrder(StrategyContext bar, in Order order) => scenario.Events.Add((bar.BarNumber, order));
    }
}
