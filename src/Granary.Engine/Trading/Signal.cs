using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>A strategy's request to open a trade, made at a bar's close.</summary>
/// <param name="Number">From 1 within the strategy run; the trade that it opens has the same number.</param>
/// <param name="Time">Open time of the bar at whose close it was made, UTC ticks.</param>
/// <param name="Price">Expected price: the close, or the order's price.</param>
/// <param name="Quantity">Base units by the strategy's own size rule.</param>
/// <param name="Stop">Stop price at the signal; 0 = none.</param>
/// <param name="Target">Target price at the signal; 0 = none.</param>
/// <param name="ValidUntil">UTC ticks; the last bar open at which it may still fill. <see cref="long.MaxValue"/> = until cancelled.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct Signal(
    int Number, long Time, Side Side, OrderType Type, double Price, double Quantity, double Stop, double Target, long ValidUntil)
{
    /// <summary>Prediction of the strategy's model for it; NaN if there is no model or no prediction.</summary>
    public double Prediction { get; init; } = double.NaN;

    /// <summary>The share of the quantity that the model accepts; 0 = refused.</summary>
    public double SizeFactor { get; init; } = 1;

    /// <summary>The version of the model that filtered it; 0 without a model.</summary>
    public int ModelVersion { get; init; }

    /// <summary>Dissimilarity index of the input relative to the model's training data; NaN if it was not measured.</summary>
    public double Dissimilarity { get; init; } = double.NaN;

    /// <summary>Whether the model refused it without a prediction, because its input was too far from the training data.</summary>
    public bool IsAbstained => SizeFactor == 0 && double.IsNaN(Prediction);

    /// <summary>
    /// Equity of the strategy's own account on which a size in percent of equity is based; 0 if the size does not depend on it.
    /// </summary>
    public double SizedOn { get; init; }

    /// <summary>
    /// Whether it was created with its fill, or its refusal at the fill, as the remainder of a manual order that first closed open trades.
    /// It was then not known in advance.
    /// </summary>
    public bool AtFill { get; init; }

    /// <summary>
    /// Whether no order follows from it, but fills that an account takes as they are: of a manual order or of a recorded trade.
    /// </summary>
    internal bool IsByHand { get; init; }

    /// <summary>Stop price of a stop order, quote currency; 0 = none.</summary>
    internal double StopPrice { get; init; }

    /// <summary>The strategy's or model's own stop price of the trade; 0 = the distance of the settings.</summary>
    internal double OwnStop { get; init; }

    /// <summary>The strategy's own target price of the trade; 0 = the distance of the settings.</summary>
    internal double OwnTarget { get; init; }

    /// <summary>Distance of the trailing stop as a fraction of the best price; 0 = none.</summary>
    internal double TrailFraction { get; init; }

    /// <summary>Average true range at the signal, quote currency; 0 if no distance counts in it.</summary>
    internal double Atr { get; init; }

    internal TimeInForce TimeInForce { get; init; }

    /// <summary>Bars from the signal's bar to the first one on which the order works; 0 = the next one.</summary>
    internal int WorksIn { get; init; }

    /// <summary>The number of the trade that it adds to by <see cref="TradingSettings.ScaleIn"/>; 0 for an entry.</summary>
    public int AddsTo { get; init; }
}
