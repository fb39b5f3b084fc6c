using System.Globalization;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The measured cost of fills; its JSON is costs.json. Costs are basis points of the reference price.</summary>
/// <param name="Version">Version of the layout.</param>
/// <param name="Hash">SHA-256 of everything else but the sources and <see cref="OutsideRange"/>, lower-case hex.</param>
/// <param name="Fills">Fills of market and stop orders that were measured.</param>
/// <param name="From">Time of the first fill, UTC.</param>
/// <param name="To">Time of the last fill, UTC.</param>
/// <param name="Days">Days with fills, UTC.</param>
internal sealed record CostStudyResults(int Version, string Hash, int Fills, DateTime From, DateTime To, int Days)
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The sources of the fills, as the caller named them.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Timeframe of the bars whose volume and range are used; null without bars.</summary>
    public string? Timeframe { get; init; }

    /// <summary>Confidence of the intervals, and of the upper values, which are one-sided.</summary>
    public double Level { get; init; }

    /// <inheritdoc cref="Level"/>
    public double UpperLevel { get; init; }

    /// <summary>Resamples of days, and their seed.</summary>
    public int Resamples { get; init; }

    /// <inheritdoc cref="Resamples"/>
    public ulong Seed { get; init; }

    /// <summary>Fills that were left out, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; init; } = new Dictionary<string, int>();

    /// <summary>Fills that were left out because their price is outside of the range of their bar; null without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FillOutsideRange>? OutsideRange { get; init; }

    /// <summary>Mean fee of the fills, basis points of the notional; null if no fill names one.</summary>
    public double? Fee { get; init; }

    /// <summary>Notes for a reader of the figures, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// The costs against each reference price that is known: of market orders <c>open</c>, <c>mid</c>, <c>close</c>; of stop orders
    /// <c>stop</c>.
    /// </summary>
    public IReadOnlyList<CostModel> Models { get; init; } = [];
}

/// <summary>A fill whose price is outside of the range of its bar.</summary>
/// <param name="Place">Where it is: the file with its line, or the account with the id of the order.</param>
/// <param name="Time">UTC.</param>
/// <param name="Low">Low of its bar.</param>
/// <param name="High">High of its bar.</param>
internal sealed record FillOutsideRange(string Place, DateTime Time, string Symbol, double Price, double Low, double High)
{
    /// <summary>The fill in one sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Place}: {Symbol} filled at {Price}, and its bar is from {Low} to {High}; give price and bars the same unit and adjustment, or "
        + $"remove the fill");
}

/// <summary>A figure with its interval.</summary>
/// <param name="Upper">The value that the true one does not exceed with the one-sided confidence.</param>
internal sealed record CostFigure(double Mean, double Low, double High, double Upper);

/// <summary>The costs against a reference price.</summary>
/// <param name="Reference">
/// The reference price: <c>close</c> of the signal's bar, next <c>open</c>, <c>mid</c> of bid and ask, or <c>stop</c>: the trigger of a
/// stop order, or the open of a bar that opened beyond it.
/// </param>
/// <param name="Deviation">Standard deviation of what the model does not explain.</param>
/// <param name="Raw">Mean of all fills, without the model.</param>
internal sealed record CostModel(string Reference, int Fills, int Days, double Deviation, double Raw, CostFigure Pool)
{
    /// <summary>The <see cref="Reference"/> of the costs of stop orders.</summary>
    public const string OfStops = "stop";

    /// <summary>By side and venue, at the pool's mean size, range and hour.</summary>
    public IReadOnlyList<CostOfCell> Cells { get; init; } = [];

    /// <summary>By side, over the venues.</summary>
    public IReadOnlyList<CostOfCell> Sides { get; init; } = [];

    /// <summary>By hour of the day, UTC, less the pool.</summary>
    public IReadOnlyList<CostOfHour> Hours { get; init; } = [];

    /// <summary>Per unit of √(quantity/volume); null if volumes are unknown.</summary>
    public CostOfMeasure? Size { get; init; }

    /// <summary>Per basis point of the bar's range; null if ranges are unknown.</summary>
    public CostOfMeasure? Volatility { get; init; }
}

/// <summary>The cost of a side at a venue.</summary>
/// <param name="Venue">Null for all venues.</param>
/// <param name="Raw">Mean of its fills, without the model.</param>
/// <param name="Shrinkage">The share by which it is drawn to the pool, from 0 to 1.</param>
internal sealed record CostOfCell(string Side, string? Venue, int Fills, double Raw, double Shrinkage, CostFigure Cost);

/// <summary>How much more an hour costs than the mean of all fills.</summary>
/// <param name="Hour">UTC, 0 to 23.</param>
/// <param name="Raw">Mean of its fills less the mean of all, without the model.</param>
internal sealed record CostOfHour(int Hour, int Fills, double Raw, double Shrinkage, CostFigure Cost);

/// <summary>The effect of a measure of fills.</summary>
/// <param name="Center">Mean of the measure, at which the other costs hold.</param>
/// <param name="Least">Its least value among the fills.</param>
/// <param name="Most">Its greatest value among the fills.</param>
internal sealed record CostOfMeasure(double Center, double Least, double Most, CostFigure Cost)
{
    /// <summary>The cost of a mean fill along the measure: of the share in volume, or of the range in basis points.</summary>
    public IReadOnlyList<CostPoint> Curve { get; init; } = [];

    /// <summary>Means of groups of about equally many fills, without the model.</summary>
    public IReadOnlyList<CostBin> Bins { get; init; } = [];
}

/// <summary>A point of a curve of costs.</summary>
internal sealed record CostPoint(double At, double Mean, double Low, double High, double Upper);

/// <summary>The mean slippage of fills within a range of a measure.</summary>
/// <param name="From">Its least value among them.</param>
/// <param name="To">Its greatest value among them.</param>
/// <param name="At">Its mean among them.</param>
internal sealed record CostBin(double From, double To, double At, int Fills, double Mean);
