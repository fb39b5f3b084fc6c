using Granary.Engine.Trading;
using Granary.Learning.Trainers;

namespace Granary.Learning.Gating;

/// <summary>The newest closed trades of a strategy with the inputs that their model read, by which earlier versions are compared.</summary>
internal sealed class JudgedTrades(PredictionMeaning meaning)
{
    /// <summary>Trades that are kept at most.</summary>
    public const int Most = 200;

    // Fewer trades do not tell a version from chance.
    private const int Least = 10;

    private readonly record struct Judged(double[] Input, Side Side, long Known, double Prediction, bool Gained);

    private readonly Dictionary<int, Judged> _open = [];
    private readonly Queue<Judged> _closed = new();

    /// <summary>An entry was judged and became a signal.</summary>
    /// <param name="input">What the model read; copied. Empty where versions are not compared.</param>
    /// <param name="known">When the signal's bar closed, UTC ticks.</param>
    public void Signalled(int number, ReadOnlySpan<double> input, Side side, long known, double prediction) =>
        _open[number] = new Judged(input.ToArray(), side, known, prediction, Gained: false);

    /// <summary>A signal ended without a trade.</summary>
    public void Ended(int number) => _open.Remove(number);

    /// <summary>A trade was closed.</summary>
    /// <returns>Whether its prediction was wrong; null where it was not judged.</returns>
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

    /// <summary>The share of the newest trades that a version would have predicted wrong.</summary>
    /// <param name="newest">How many of them.</param>
    /// <param name="from">Signals known before, UTC ticks, do not count: the version may have learned from them.</param>
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
