using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Allocation;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>The method by which <see cref="SymbolAllocation"/> weighs its symbols.</summary>
public enum SymbolWeighting
{
    /// <summary>All alike.</summary>
    Equal,

    /// <summary><see cref="AllocationMethods.InverseVolatility"/>.</summary>
    InverseVolatility,

    /// <summary><see cref="AllocationMethods.MinimumVariance"/>.</summary>
    MinimumVariance,

    /// <summary><see cref="AllocationMethods.MaximumSharpe"/>.</summary>
    MaximumSharpe,

    /// <summary><see cref="AllocationMethods.RiskParity"/>.</summary>
    RiskParity,

    /// <summary><see cref="AllocationMethods.HierarchicalRiskParity"/>.</summary>
    HierarchicalRiskParity,
}

/// <summary>
/// Holds symbols at weights that follow from their past returns, and chooses the weights again on the first bar of each period of the
/// calendar.
/// </summary>
/// <remarks>
/// <para>
/// The weights replace the batch's size rule. A return is from close to close, with dividends and splits; a symbol without a bar in a time
/// slice counts at its last close, as in the account. A symbol is weighted if it has a return in each time slice of the window and has not
/// stopped trading. One that has stopped keeps its position, and the others share the remainder of the equity.
/// </para>
/// <para>Before the window is full, and until a symbol can be weighted, nothing is bought.</para>
/// </remarks>
[Strategy("Holds the symbols at weights chosen by 'method' from their last 'window' returns, together 'percent' of the equity, and "
        + "rebalances on the first bar of each period 'every'. A position whose weight is off by less than 'band' percent of the equity "
        + "stays as it is.",
    WorksIn = "Symbols with lasting differences in volatility and correlation: none of them dominates the risk of the portfolio.",
    LosesIn = "Crises in which all symbols fall together; records so short, or symbols so alike, that equal weights estimate better; costs "
        + "of each rebalance.",
    Source = "Markowitz 1952; Maillard, Roncalli and Teiletche 2010; López de Prado 2016")]
public sealed class SymbolAllocation : MultiSymbolStrategy
{
    private readonly SymbolWeighting _method;
    private readonly CalendarSpan _every;
    private readonly AllocationSettings _settings;
    private readonly int _window;
    private readonly double _percent, _band;

    // By symbol: its last returns, of which the oldest is overwritten; NaN before its second bar.
    private double[][] _returns = [];
    private double[] _closes = [];
    private int[] _nextAction = [];
    private MarketActivity _activity = new(0);
    // Orders that are not filled yet, with their quantities as they were sent.
    private readonly List<(SymbolContext Symbol, OrderId Order, Side Side, double Quantity)> _waiting = [];
    private double[]? _weights;
    private long _slices, _period = -1;
    private bool _isDue, _isCut, _isUnfinished;

    /// <param name="method">How the symbols are weighted.</param>
    /// <param name="window">The number of returns that weights are chosen from.</param>
    /// <param name="every">The period of the calendar for each choice, such as 1w, 1mo or 3mo; it begins at midnight in UTC.</param>
    /// <param name="percent">The percentage of the equity for weights that add up to 1.</param>
    /// <param name="maxWeight">The greatest weight of a symbol, as a share of the total.</param>
    /// <param name="band">Percent of the equity by which a weight may be off before its position changes.</param>
    /// <param name="turnoverPenalty">See <see cref="AllocationSettings.TurnoverPenalty"/>.</param>
    /// <exception cref="InputException">The period is invalid.</exception>
    public SymbolAllocation(SymbolWeighting method = SymbolWeighting.RiskParity, [Range(2, 10_000)] int window = 252, string every = "1mo",
        [Range(0.1, 1_000)] double percent = 95, [Range(0.01, 1)] double maxWeight = 1, [Range(0, 100)] double band = 1,
        [Range(0, 1_000)] double turnoverPenalty = 0)
    {
        if (!CalendarSpan.TryParse(every, out _every))
            throw new InputException($"every = {every}: use a period such as 1d, 1w, 1mo, 3mo or 1y");
        (_method, _window, _percent, _band) = (method, window, percent, band);
        _settings = new AllocationSettings { Maximum = maxWeight, TurnoverPenalty = turnoverPenalty };
    }

    /// <inheritdoc/>
    public override int LeastSymbols => 2;

    /// <summary>The weights of the last choice in the order of its symbols; null before the first.</summary>
    public IReadOnlyList<double>? Target => _weights;

    /// <inheritdoc/>
    public override void OnStart(MultiSymbolContext context)
    {
        var count = context.Symbols.Count;
        _returns = [.. Enumerable.Range(0, count).Select(_ => new double[_window])];
        _closes = [.. Enumerable.Repeat(double.NaN, count)];
        _nextAction = new int[count];
        _activity = new MarketActivity(count);
    }

    /// <inheritdoc/>
    public override void OnBar(MultiSymbolContext bar)
    {
        Remember(bar.Symbols);
        _activity.EndTimestamp(bar.Time.Ticks);
        var period = PeriodOf(bar.Time);
        _isDue |= period != _period;
        _period = period;
        // A purchase that was cut because it came before the sales that pay for it is completed when they are filled.
        _isUnfinished |= _isCut && _waiting.Exists(w => w.Side == Side.Sell);
        _isCut = false;
        if (_isDue && Choose(bar)) _isDue = false;
        else if (_isUnfinished && _waiting.Count == 0) Trade(bar);
    }

    /// <inheritdoc/>
    public override void OnOrder(SymbolContext symbol, in Order order)
    {
        if (order.Role != OrderRole.Net) return;
        var id = order.Id;
        var at = _waiting.FindIndex(w => w.Symbol == symbol && w.Order == id);
        if (!order.State.IsFinal())
        {
            if (at < 0) _waiting.Add((symbol, order.Id, order.Side, order.Quantity));
            return;
        }
        if (at < 0) return;
        _isCut |= order is { Side: Side.Buy, State: OrderState.Filled or OrderState.Rejected }
            && order.FilledQuantity < (1 - 1e-6) * _waiting[at].Quantity;
        _waiting.RemoveAt(at);
    }

    private long PeriodOf(DateTime time) =>
        _every.Months > 0 ? (time.Year * 12L + time.Month - 1) / _every.Months : time.Ticks / _every.Ticks;

    private void Remember(IReadOnlyList<SymbolContext> symbols)
    {
        var row = (int)(_slices++ % _window);
        foreach (var symbol in symbols)
        {
            var i = symbol.Number;
            var before = _closes[i];
            if (!symbol.HasBar)
            {
                _returns[i][row] = double.IsNaN(before) ? double.NaN : 0;
                continue;
            }
            _activity.Mark(i);
            var (shares, dividends) = (1.0, 0.0);
            var actions = symbol.Instrument.CorporateActions;
            for (; _nextAction[i] < actions.Count && actions[_nextAction[i]].From(symbol.Series.Timeframe) <= symbol.Time.Ticks;
                _nextAction[i]++)
            {
                dividends += shares * actions[_nextAction[i]].Dividend;
                shares *= actions[_nextAction[i]].SplitRatio;
            }
            // A price of zero or less has no return.
            _returns[i][row] = before > 0 && symbol.Close > 0 ? (shares * symbol.Close + dividends) / before - 1 : double.NaN;
            _closes[i] = symbol.Close;
        }
    }

    /// <returns>False if no symbol can be weighted yet.</returns>
    private bool Choose(MultiSymbolContext bar)
    {
        if (!(bar.Equity > 0)) return true;
        SymbolContext[] weighable = [.. bar.Symbols.Where(IsWeighable)];
        if (weighable.Length == 0) return false;
        var chosen = new double[bar.Symbols.Count];
        var weights = Weights(weighable);
        for (var i = 0; i < weighable.Length; i++) chosen[weighable[i].Number] = weights[i];
        _weights = chosen;
        // An order of a symbol that has had no bar since would be filled beside that of today.
        foreach (var (symbol, order, _, _) in _waiting.ToList()) symbol.Cancel(order);
        Trade(bar);
        return true;
    }

    private void Trade(MultiSymbolContext bar)
    {
        _isUnfinished = false;
        if (_weights is not { } weights || !(bar.Equity > 0)) return;
        // Positions that cannot be sold are not divided.
        var held = bar.Symbols.Where(HasStopped).Sum(s => Math.Abs(s.PositionValue));
        var total = _percent * Math.Max(0, 1 - held / bar.Equity);
        bar.Rebalance([.. bar.Symbols.Select(s => HasStopped(s) ? double.NaN : Wanted(s, weights[s.Number] * total, bar.Equity))]);
    }

    private bool IsWeighable(SymbolContext symbol) => !HasStopped(symbol) && symbol.IsMember
        && (_method == SymbolWeighting.Equal || _slices > _window && !Array.Exists(_returns[symbol.Number], double.IsNaN));

    // Before its first bar nothing can be traded either.
    private bool HasStopped(SymbolContext symbol) => double.IsNaN(_closes[symbol.Number]) || _activity.IsInactive(symbol.Number);

    private IReadOnlyList<double> Weights(SymbolContext[] symbols)
    {
        if (_method == SymbolWeighting.Equal)
            return [.. symbols.Select(_ => Math.Min(1.0 / symbols.Length, _settings.Maximum))];
        var returns = symbols.Select(s => Ordered(_returns[s.Number])).ToList();
        double[]? before = _weights is null ? null : [.. symbols.Select(s => _weights[s.Number])];
        return AllocationMethods.Weigh(EnumWords.Of(_method), returns, _settings, before).Weights;
    }

    // Oldest first.
    private double[] Ordered(double[] returns)
    {
        var oldest = (int)(_slices % _window);
        return [.. returns.AsSpan(oldest), .. returns.AsSpan(0, oldest)];
    }

    // A position that is to be closed is closed, however small it is.
    private double Wanted(SymbolContext symbol, double percent, double equity) =>
        percent != 0 && Math.Abs(percent - 100 * symbol.PositionValue / equity) < _band ? double.NaN : percent;
}
