using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Computes the allocator's observations; training, backtest and live session make the same calls. An observation contains, for each
/// market, the log returns over 1, 5 and 21 rows, the standard deviation over 21 rows and the regime. For each unit it contains the average
/// return of the last trades, and for the account the weights, drawdown, exposure and the cost of a trade.
/// </summary>
internal sealed class AllocationObserver : IPortfolioSteps
{
    private const int Memory = 22, PerMarket = 4;
    private const double Forgetting = 0.2;

    private readonly AllocationUnits _units;
    private readonly int[] _marketOf;
    private readonly RegimeTracker[] _regimes;
    private readonly double[][] _closes; // by market: the last rows' closes, newest last
    private readonly long[] _bars;
    // By strategy and symbol.
    private readonly Dictionary<int, double[]> _multipliers;
    private readonly double[] _close, _tradeReturn;
    private readonly int[] _state;
    private readonly int _states;
    private readonly double _cost;
    private readonly Dictionary<string, int> _symbolIndex;
    // By instrument: the shortest timeframe at which the strategies trade it.
    private readonly Timeframe[] _timeframe;
    private int _rows;

    /// <param name="units">Units that can get weights.</param>
    /// <param name="instruments">Instruments of all symbols of the batch, in the portfolio's order.</param>
    public AllocationObserver(BatchPlan plan, IReadOnlyList<Instrument> instruments, AllocationUnits units)
    {
        _units = units;
        _symbolIndex = instruments.Select((x, i) => (x.Symbol, i)).ToDictionary(x => x.Symbol, x => x.i, StringComparer.Ordinal);
        int[] markets = [.. units.SymbolsOf(plan).Select(s => _symbolIndex[s]).Order()];
        _marketOf = new int[instruments.Count];
        Array.Fill(_marketOf, -1);
        for (var m = 0; m < markets.Length; m++) _marketOf[markets[m]] = m;
        _timeframe = new Timeframe[instruments.Count];
        foreach (var instance in units.Members.SelectMany(m => m).Distinct().Select(m => plan.Instances[m]))
            foreach (var symbol in instance.Symbols.Select(s => _symbolIndex[s]))
                if (_timeframe[symbol].Ticks == 0 || instance.Timeframe.Ticks < _timeframe[symbol].Ticks)
                    _timeframe[symbol] = instance.Timeframe;
        var regimes = plan.Spec.Regimes ?? RegimePlan.ShortAndLong();
        _states = regimes.States.Count;
        _regimes = [.. markets.Select(m => new RegimeTracker(new MarketSeries(instruments[m], plan.Spec.Data.Timeframe), regimes))];
        _closes = [.. markets.Select(_ => new double[Memory])];
        (_bars, _close, _state) = (new long[markets.Length], new double[markets.Length], new int[markets.Length]);
        Array.Fill(_state, -1);
        _tradeReturn = new double[units.Count];
        _multipliers = units.Members.SelectMany(m => m).Distinct().ToDictionary(s => s,
            s => plan.Instances[s].Symbols.Select(x => instruments[_symbolIndex[x]].Multiplier).ToArray());
        _cost = plan.Spec.Execution.Settings.Fee.Fee(100, 1, 1, maker: false) / 100;
        MarketSize = markets.Length * (PerMarket + _states) + units.Count;
    }

    /// <summary>Number of markets that the strategies trade.</summary>
    public int Markets => _closes.Length;

    /// <summary>Last close of each market; 0 before the first bar.</summary>
    public ReadOnlySpan<double> Closes => _close;

    /// <summary>Number of observed values that do not depend on the account.</summary>
    public int MarketSize { get; }

    /// <summary>Number of values in an observation.</summary>
    public int Size => MarketSize + _units.Count + 3;

    /// <summary>Maps the values that an observer of some of the units writes to their indices in <see cref="ObserveMarkets"/>.</summary>
    public int[] PlacesOf(BatchPlan plan, AllocationUnits part)
    {
        var perMarket = PerMarket + _states;
        var markets = part.SymbolsOf(plan).Select(s => _marketOf[_symbolIndex[s]]).Order();
        return [.. markets.SelectMany(m => Enumerable.Range(m * perMarket, perMarket)),
            .. part.Indices.Select(i => Markets * perMarket + _units.PlaceOf(i))];
    }

    public int SymbolIndex(string symbol) => _symbolIndex[symbol];

    public void Close(int symbol, Timeframe timeframe, BarBlock block, int index)
    {
        if (_marketOf[symbol] is var market && market < 0 || timeframe != _timeframe[symbol]) return;
        var bar = block[index];
        _close[market] = bar.Close;
        var tracker = _regimes[market];
        tracker.Next(BarBlock.FromBars(_bars[market]++, [bar]));
        _state[market] = tracker.States[0];
    }

    public bool OpenRow(long stamp, long timestamp)
    {
        for (var m = 0; m < _closes.Length; m++)
        {
            var closes = _closes[m];
            closes.AsSpan(1).CopyTo(closes);
            closes[^1] = _close[m];
        }
        _rows++;
        return true;
    }

    public void Take(int strategy, in RunEvent e, bool isWithin)
    {
        if (e.Kind != RunEventKinds.Trade || _units.PlaceOf(strategy) is var place && place < 0) return;
        var trade = e.Trade;
        // An exit at the end of the data says nothing about the strategy, and it is not known in time.
        if (trade.Reason is ExitReason.Open or ExitReason.DataEnded) return;
        var result = trade.Return(_multipliers[strategy][trade.SymbolIndex]);
        _tradeReturn[place] += Forgetting * (result - _tradeReturn[place]);
    }

    public void CloseRow(long stamp)
    {
    }

    /// <summary>Writes the values that do not depend on the account. Call it after <see cref="OpenRow"/>.</summary>
    public void ObserveMarkets(Span<double> target)
    {
        var at = 0;
        for (var m = 0; m < _closes.Length; m++)
        {
            var closes = _closes[m];
            target[at] = Growth(closes, 1);
            target[at + 1] = Growth(closes, 5);
            target[at + 2] = Growth(closes, 21);
            target[at + 3] = Deviation(closes);
            at += PerMarket;
            target.Slice(at, _states).Clear();
            if (_state[m] >= 0) target[at + _state[m]] = 1;
            at += _states;
        }
        _tradeReturn.CopyTo(target[at..]);
    }

    /// <summary>Writes the values that depend on the account.</summary>
    /// <param name="weights">The last decided weights.</param>
    public void ObserveAccount(PortfolioRun account, ReadOnlySpan<double> weights, Span<double> target)
    {
        weights.CopyTo(target);
        target[weights.Length] = account.Drawdown;
        target[weights.Length + 1] = account.Equity > 0 ? account.Exposure / account.Equity : 0;
        target[weights.Length + 2] = _cost;
    }

    // Returns 0 until the market has enough rows.
    private double Growth(double[] closes, int rows) =>
        _rows > rows && closes[^(rows + 1)] > 0 && closes[^1] > 0 ? PortableMath.Log(closes[^1] / closes[^(rows + 1)]) : 0;

    private double Deviation(double[] closes)
    {
        if (_rows < Memory || !(closes[0] > 0)) return 0;
        var (mean, squares) = (0.0, 0.0);
        for (var i = 1; i < Memory; i++)
        {
            var change = closes[i] / closes[i - 1] - 1;
            var difference = change - mean;
            mean += difference / i;
            squares += difference * (change - mean);
        }
        return Math.Sqrt(squares / (Memory - 2));
    }
}
