using Granary.Engine.Trading;
using Granary.Learning.Trainers;

namespace Granary.Learning.Gating;

/// <summary>The newest closed trades of a strategy with their model inputs, for comparing earlier versions.</summary>
internal sealed class PredictedTrades(PredictionMeaning meaning)
{
    /// <summary>The maximum number of trades to keep.</summary>
    public const int Most = 200;

    // Fewer trades are not enough to distinguish a version from chance.
    private const int Least = 10;

    private readonly record struct PredictedTrade(double[] Input, Side Side, long Known, double Prediction, bool Gained);

    private readonly Dictionary<int, PredictedTrade> _open = [];
    private readonly Queue<PredictedTrade> _closed = new();

    /// <summary>Records an entry that was predicted and became a signal.</summary>
    /// <param name="input">Input of the model; copied. Empty if versions are not compared.</param>
    /// <param name="known">When the signal's bar closed, UTC ticks.</param>
    public void Signalled(int number, ReadOnlySpan<double> input, Side side, long known, double prediction) =>
        _open[number] = new PredictedTrade(input.ToArray(), side, known, prediction, Gained: false);

    /// <summary>Removes a signal that ended without a trade.</summary>
    public void Ended(int number) => _open.Remove(number);

    /// <summary>Records the outcome of a closed trade.</summary>
    /// <returns>Whether its prediction was wrong; null if it was not judged.</returns>
    public bool? Closed(int number, bool gained)
    {
        if (!_open.Remove(number, out var trade)) return null;
        if (trade.Input.Length > 0)
        {
            if (_closed.Count == Most) _closed.Dequeue();
            _closed.Enqueue(trade with { Gained = gained });
        }
        return TradeOutcome.IsWrong(trade.Prediction, trade.Side, meaning, gained);
    }

    /// <summary>The share of the newest trades for which a version's prediction is wrong.</summary>
    /// <param name="newest">The number of trades to use.</param>
    /// <param name="from">Signals known before this time, UTC ticks, are ignored, because the version may have been trained on
    /// them.</param>
    /// <returns>0 to 1; NaN with fewer than ten trades.</returns>
    public double ErrorOf(ITrainedModel version, int newest, long from)
    {
        int count = 0, wrong = 0;
        foreach (var trade in _closed.Skip(_closed.Count - newest))
        {
            if (trade.Known < from) continue;
            var prediction = version.Predict(trade.Input);
            if (!double.IsFinite(prediction)) continue;
            count++;
            if (TradeOutcome.IsWrong(prediction, trade.Side, meaning, trade.Gained)) wrong++;
        }
        return count < Least ? double.NaN : wrong / (double)count;
    }
}
