using System.Globalization;
using System.Runtime.InteropServices;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>
/// Follows the predictions of one strategy in a live session until their labels are known: from the bars, or for the label <c>trade</c>
/// from the trade's exit. The same bars give the same events in the same order.
/// </summary>
/// <param name="source">Account and strategy, as account/strategy.</param>
/// <param name="label">Label that the model predicts; null = report predictions without outcomes.</param>
/// <param name="take">Called for each event, on the strategy's thread.</param>
internal sealed class OutcomeWatch(string source, LabelSpec? label, Action<ModelEvent> take) : IPredictionObserver
{
    // Maximum number of predictions without an outcome; some never become trades.
    private const int MostOpen = 1_000;

    private readonly Dictionary<string, Market> _markets = new(StringComparer.Ordinal);

    private bool LearnsTrades => label?.Kind == LabelKind.Trade;

    public void OnBars(MarketSeries series, BarBlock block)
    {
        if (!_markets.TryGetValue(series.Instrument.Symbol, out var market))
            _markets[series.Instrument.Symbol] = market = new Market(series.Timeframe);
        // If the portfolio runs its own copy of the strategy, both copies pass the same bars.
        market.IsRepeated = block.Time[0] <= market.LastTime;
        if (market.IsRepeated) return;
        market.Add(block);
        // Resolves the labels known by the first bar of the block. Predictions within the block may still follow.
        if (label is not null && !LearnsTrades) Resolve(series.Instrument.Symbol, market, label, market.Count - block.Count);
        market.Forget(label is null ? 0 : LabelColumns.Before(label));
    }

    private void Resolve(string symbol, Market market, LabelSpec kind, int by)
    {
        var known = new List<(int End, Open Prediction, double Value)>();
        for (var i = 0; i < market.Predictions.Count; i++)
        {
            var prediction = market.Predictions[i];
            var at = market.IndexOf(prediction.Bar);
            var (value, end) = LabelColumns.At(market.High, market.Low, market.Close, at, kind);
            // A prediction without enough earlier bars never gets a label, so it is dropped.
            if (end < 0 ? at + kind.Bars > by : end > by) continue;
            market.Predictions.RemoveAt(i--);
            if (end >= 0) known.Add((end, prediction, value));
        }
        foreach (var (end, prediction, value) in known.OrderBy(k => k.End))
            Tell(symbol, "outcome", prediction, market.Timeframe.CloseOf(market.TimeAt(end)), value);
    }

    public void OnPrediction(MarketSeries series, int index, Side side, ReadOnlySpan<double> row, double prediction)
    {
        var market = _markets[series.Instrument.Symbol];
        if (market.IsRepeated) return;
        var open = new Open(market.NewestBlock + index, market.TimeAt(market.IndexOf(market.NewestBlock + index)), side, prediction,
            row.ToArray());
        Tell(series.Instrument.Symbol, "prediction", open with { Row = [] }, market.Timeframe.CloseOf(open.Time), double.NaN);
        if (label is null || !double.IsFinite(prediction)) return;
        if (market.Predictions.Count == MostOpen) market.Predictions.RemoveAt(0);
        market.Predictions.Add(open);
    }

    public void OnTrade(string symbol, in Trade trade)
    {
        if (!LearnsTrades || !_markets.TryGetValue(symbol, out var market)) return;
        var (time, side) = (trade.SignalTime, trade.Side);
        var at = market.Predictions.FindIndex(p => p.Time == time && p.Side == side);
        if (at < 0) return;
        var prediction = market.Predictions[at];
        market.Predictions.RemoveAt(at);
        Tell(symbol, "outcome", prediction, market.Timeframe.CloseOf(market.LastTime), trade.NetProfit > 0 ? 1 : 0);
    }

    private void Tell(string symbol, string what, Open prediction, long time, double outcome) => take(new ModelEvent(source,
        string.Create(CultureInfo.InvariantCulture, $"{what}:{symbol}:{prediction.Time}:{prediction.Side}"), time, prediction.Value,
        outcome, prediction.Row));

    /// <param name="Bar">Index of the bar in the market.</param>
    /// <param name="Time">Open time of the bar, UTC ticks.</param>
    private sealed record Open(long Bar, long Time, Side Side, double Value, double[] Row);

    // The newest bars of a market, as many as unresolved labels need.
    private sealed class Market(Timeframe timeframe)
    {
        private readonly List<long> _time = [];
        private readonly List<double> _high = [], _low = [], _close = [];
        private long _first;

        public Timeframe Timeframe => timeframe;

        public long LastTime => _time.Count == 0 ? long.MinValue : _time[^1];

        public bool IsRepeated { get; set; }

        /// <summary>Index of the first bar of the newest block.</summary>
        public long NewestBlock { get; private set; }

        public List<Open> Predictions { get; } = [];

        public int Count => _time.Count;

        public ReadOnlySpan<double> High => CollectionsMarshal.AsSpan(_high);

        public ReadOnlySpan<double> Low => CollectionsMarshal.AsSpan(_low);

        public ReadOnlySpan<double> Close => CollectionsMarshal.AsSpan(_close);

        public int IndexOf(long bar) => (int)(bar - _first);

        public long TimeAt(int index) => _time[index];

        public void Add(BarBlock block)
        {
            NewestBlock = _first + _time.Count;
            for (var i = 0; i < block.Count; i++)
            {
                _time.Add(block.Time[i]);
                _high.Add(block.High[i]);
                _low.Add(block.Low[i]);
                _close.Add(block.Close[i]);
            }
        }

        /// <summary>Drops bars that neither the newest block nor an unresolved prediction needs.</summary>
        /// <param name="before">Number of bars before a prediction that its label needs.</param>
        public void Forget(int before)
        {
            var oldest = Predictions.Count == 0 ? NewestBlock : Math.Min(NewestBlock, Predictions.Min(p => p.Bar));
            var surplus = (int)Math.Min(oldest - before - _first, _time.Count);
            if (surplus < 1_024) return;
            _time.RemoveRange(0, surplus);
            foreach (var column in (List<double>[])[_high, _low, _close]) column.RemoveRange(0, surplus);
            _first += surplus;
        }
    }
}
