using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Is given the bars and predictions of one strategy's filter, on the strategy's thread.</summary>
public interface IPredictionObserver
{
    /// <summary>The next block of a market, before the predictions at its closes.</summary>
    void OnBars(MarketSeries series, BarBlock block);

    /// <summary>A prediction at the close of a bar of the last block.</summary>
    /// <param name="index">Of the bar in the block.</param>
    /// <param name="row">What the model was given; valid during the call.</param>
    /// <param name="prediction">NaN where the model gave no number.</param>
    void OnPrediction(MarketSeries series, int index, Side side, ReadOnlySpan<double> row, double prediction);

    /// <summary>A trade of the strategy has closed.</summary>
    void OnTrade(string symbol, in Trade trade);
}
