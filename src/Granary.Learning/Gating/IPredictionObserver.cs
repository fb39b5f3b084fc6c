using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Receives the bars and predictions of one strategy's filter, on the strategy's thread.</summary>
internal interface IPredictionObserver
{
    /// <summary>Called with the next block of a market, before the predictions at its closes.</summary>
    void OnBars(MarketSeries series, BarBlock block);

    /// <summary>A prediction at the close of a bar of the last block.</summary>
    /// <param name="index">The index of the bar in the block.</param>
    /// <param name="row">Input of the model; valid during the call.</param>
    /// <param name="prediction">NaN where the model gave no number.</param>
    void OnPrediction(MarketSeries series, int index, Side side, ReadOnlySpan<double> row, double prediction);

    /// <summary>Called when a trade of the strategy was closed.</summary>
    void OnTrade(string symbol, in Trade trade);
}
