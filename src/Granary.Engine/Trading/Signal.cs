namespace Granary.Engine.Trading;

/// <summary>A strategy's wish to open a trade, made at a bar's close.</summary>
/// <param name="Number">From 1 within the strategy run; the trade that it opens has the same number.</param>
/// <param name="Time">Open time of the bar at whose close it was made, UTC ticks.</param>
/// <param name="Price">What the strategy expects to pay: the close, or the order's price.</param>
/// <param name="Quantity">Base units by the strategy's own size rule.</param>
/// <param name="Stop">Stop price at that moment; 0 = none.</param>
/// <param name="Target">Target price at that moment; 0 = none.</param>
/// <param name="ValidUntil">UTC ticks; the last bar open at which it may still fill. <see cref="long.MaxValue"/> = until cancelled.</param>
public readonly record struct Signal(
    int Number, long Time, Side Side, OrderType Type, double Price, double Quantity, double Stop, double Target, long ValidUntil)
{
    /// <summary>What the strategy's model predicted for it; NaN where there is none or it had no opinion.</summary>
    public double Prediction { get; init; } = double.NaN;

    /// <summary>The part of the quantity that the model leaves it; 0 = the model is against it.</summary>
    public double SizeFactor { get; init; } = 1;

    /// <summary>The version of the model that judged it; 0 where none did.</summary>
    public int ModelVersion { get; init; }

    /// <summary>How unlike the model's training data its input was, by the dissimilarity index; NaN where it was not measured.</summary>
    public double Dissimilarity { get; init; } = double.NaN;

    /// <summary>Whether the model refused it without a prediction, since its input was unlike the training data.</summary>
    public bool IsAbstained => SizeFactor == 0 && double.IsNaN(Prediction);

    /// <summary>
    /// Equity of the strategy's own account that a size in percent of equity was taken of; 0 where the size does not depend on it.
    /// </summary>
    public double SizedOn { get; init; }

    /// <summary>
    /// It came into being with its fill, as the rest of an order by hand that first closed what was open: it was not known before.
    /// </summary>
    public bool AtFill { get; init; }
}

/// <summary>How a signal ended that opened no trade.</summary>
public enum SignalEnd : byte
{
    Expired,
    Cancelled,
    NoCash,
    NoQuantity,
    NoStop,
    /// <summary>The bars ended first.</summary>
    Unfilled,
}
