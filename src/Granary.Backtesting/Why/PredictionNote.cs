using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Gating;

namespace Granary.Backtesting.Why;

/// <summary>The input of a model at one entry, and its prediction.</summary>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Values">The features in the order of the model; the last one may be the side.</param>
/// <param name="Prediction">NaN if the model gave no number.</param>
internal sealed record PredictionNote(long Time, string Symbol, Side Side, double[] Values, double Prediction);

/// <summary>Records the predictions of a strategy's model on its tape.</summary>
internal sealed class PredictionRecorder(StrategyTape tape) : IPredictionObserver
{
    private BarBlock? _block;

    public void OnBars(MarketSeries series, BarBlock block) => _block = block;

    public void OnPrediction(MarketSeries series, int index, Side side, ReadOnlySpan<double> row, double prediction) =>
        tape.Note(new PredictionNote(_block!.Time[index], series.Instrument.Symbol, side, row.ToArray(), prediction));

    public void OnTrade(string symbol, in Trade trade)
    {
    }
}
