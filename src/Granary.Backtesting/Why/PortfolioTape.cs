using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Why;

/// <summary>The account of a portfolio at one time.</summary>
internal readonly record struct PortfolioPoint
{
    public required double Weight { get; init; }

    public required double Cash { get; init; }

    public required double Equity { get; init; }

    public required double Exposure { get; init; }

    public required double FreeCash { get; init; }

    public required double ReservedCash { get; init; }

    public required double ReservedValue { get; init; }

    public required int ReservedTrades { get; init; }

    public required int OpenTrades { get; init; }

    public required double Drawdown { get; init; }
}

/// <summary>A decision on a signal, with the account and the rules before it.</summary>
/// <param name="Granted">The portfolio's quantity, base units; 0 if it refused.</param>
internal sealed record DecidedEntry(PortfolioPoint Account, IReadOnlyList<RuleState> Rules, Decision Decision, double Granted);

/// <summary>
/// Records the portfolio of a replay: its account and the use of its rules after each row, and each decision on the signals of one
/// strategy. It passes all steps on to the driver and changes none.
/// </summary>
internal sealed class PortfolioTape(PortfolioDriver driver, StrategyInstance instance) : IPortfolioSteps
{
    /// <summary>The most rows: two years of minutes.</summary>
    public const int MostRows = 1 << 20;

    private readonly List<long> _times = [];
    private readonly List<PortfolioPoint> _points = [];
    private readonly List<double> _used = [];
    private readonly List<string?> _about = [];
    // The uses of a row whose rules are not those of the first row.
    private readonly Dictionary<int, IReadOnlyList<(string Rule, Decision Refusal, RuleUse Use)>> _other = [];
    private readonly Dictionary<int, DecidedEntry> _decided = [];
    private IReadOnlyList<(string Rule, Decision Refusal, RuleUse Use)>? _usual;
    private long _timestamp;

    /// <summary>Called at the end of each row with the close time of its bars, UTC ticks.</summary>
    public Action<long>? RowEnded { get; init; }

    /// <summary>The decisions on the strategy's signals, by their number.</summary>
    public IReadOnlyDictionary<int, DecidedEntry> Decided => _decided;

    public int SymbolIndex(string symbol) => driver.SymbolIndex(symbol);

    public void Close(int symbol, Timeframe timeframe, BarBlock block, int index) => driver.Close(symbol, timeframe, block, index);

    public bool OpenRow(long stamp, long timestamp)
    {
        _timestamp = timestamp;
        return driver.OpenRow(stamp);
    }

    public void Take(int strategy, in RunEvent e, bool isWithin)
    {
        if (strategy != instance.Index || e.Kind != RunEventKinds.Signal)
        {
            driver.Take(strategy, e, isWithin);
            return;
        }
        var account = Point();
        var rules = driver.Run.RulesFor(strategy, e.Signal.Side, e.SymbolIndex);
        var decision = driver.Take(strategy, e, isWithin)!;
        _decided[e.Number] = new DecidedEntry(account, rules, decision, driver.Run.Granted);
    }

    public void CloseRow(long stamp)
    {
        driver.CloseRow(stamp);
        if (_times.Count < MostRows) Add();
        RowEnded?.Invoke(_timestamp);
    }

    private void Add()
    {
        _times.Add(_timestamp);
        _points.Add(Point());
        var uses = driver.Run.Uses(driver.Run.View).ToList();
        _usual ??= uses;
        if (uses.Count != _usual.Count || uses.Where((u, i) => !IsSameRule(u, _usual[i])).Any())
        {
            _other[_times.Count - 1] = uses;
            uses = [.. _usual];
        }
        foreach (var (_, _, use) in uses)
        {
            _used.Add(use.Used);
            _about.Add(use.About);
        }
    }

    private static bool IsSameRule((string Rule, Decision Refusal, RuleUse Use) a, (string Rule, Decision Refusal, RuleUse Use) b) =>
        a.Rule == b.Rule && a.Refusal == b.Refusal && a.Use.Title == b.Use.Title && a.Use.Unit == b.Use.Unit
        && a.Use.Allowed.Equals(b.Use.Allowed);

    private PortfolioPoint Point()
    {
        var (run, view) = (driver.Run, driver.Run.View);
        return new PortfolioPoint
        {
            Weight = run.WeightOf(instance.Index),
            Cash = run.Cash,
            Equity = run.Equity,
            Exposure = run.Exposure,
            FreeCash = run.FreeCash,
            ReservedCash = run.ReservedCash,
            ReservedValue = view.ReservedValue,
            ReservedTrades = view.ReservedTrades,
            OpenTrades = run.OpenTrades,
            Drawdown = run.Drawdown,
        };
    }

    /// <summary>Returns the portfolio after the last row that closes at a time or before; null if there is none.</summary>
    /// <param name="close">UTC ticks.</param>
    public (PortfolioPoint Account, IReadOnlyList<(string Rule, Decision Refusal, RuleUse Use)> Uses)? At(long close)
    {
        var at = _times.BinarySearch(close);
        if (at < 0) at = ~at - 1;
        if (at < 0) return null;
        if (_other.TryGetValue(at, out var other)) return (_points[at], other);
        var count = _usual!.Count;
        return (_points[at], [.. _usual.Select((u, i) =>
            (u.Rule, u.Refusal, u.Use with { Used = _used[at * count + i], About = _about[at * count + i] }))]);
    }
}
