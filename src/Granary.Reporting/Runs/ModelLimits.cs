using System.Globalization;

namespace Granary.Reporting.Runs;

/// <summary>Known limits of use of a model version, in sentences; part of its card.</summary>
internal sealed record ModelLimits
{
    /// <summary>A larger gap of AUC or R² between in sample and out of sample is reported as overfitting.</summary>
    private const double LargeGap = 0.1;

    /// <summary>The market or the strategy whose data it was trained on.</summary>
    public required string Data { get; init; }

    public required string Label { get; init; }

    /// <summary>Other symbols whose closes its features use.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>When its last training label was known, UTC; null if unknown.</summary>
    public DateTime? LearnedTo { get; init; }

    /// <summary>Figures out of sample by name, such as <c>auc</c> or <c>r2</c>.</summary>
    public required IReadOnlyDictionary<string, double> OutOfSample { get; init; }

    /// <summary>The figure in sample minus the one out of sample; null if unknown.</summary>
    public double? TrainTestGap { get; init; }

    /// <summary>Threshold of the dissimilarity index; null if it is not measured.</summary>
    public double? Threshold { get; init; }

    /// <summary>The number of detected changes of its error.</summary>
    public int Changes { get; init; }

    /// <summary>Returns the limits, one sentence each.</summary>
    public IReadOnlyList<string> Sentences()
    {
        List<string> limits = [Label == "trade" ? $"It predicts only the trades of {Data}."
            : $"It predicts the label {Label} of {Data}; other markets and timeframes are outside of its training data."];
        if (References.Count > 0)
            limits.Add($"Its features read the closes of {string.Join(", ", References)} too: where these have no bar, the last one before "
                + "counts.");
        if (LearnedTo is { } to)
            limits.Add(Text($"It was trained on data until {to:yyyy-MM-dd HH:mm} UTC: predictions of earlier bars are in sample."));
        if (OutOfSample.TryGetValue("auc", out var auc) && auc <= 0.5)
            limits.Add(Text($"Out of sample it is no better than chance (AUC {auc:0.000})."));
        else if (OutOfSample.TryGetValue("r2", out var r2) && r2 <= 0)
            limits.Add(Text($"Out of sample it is no better than the mean (R² {r2:0.000})."));
        if (TrainTestGap > LargeGap)
            limits.Add(Text($"It is overfitted: its figure is {TrainTestGap:0.000} lower out of sample than in sample."));
        limits.Add(Threshold is { } threshold
            ? Text($"It abstains where the dissimilarity index of an input is above {threshold:0.000}.")
            : "It does not measure the distance of an input from its training data; for distant inputs, a prediction is an extrapolation.");
        if (Changes > 0)
            limits.Add(Changes == 1 ? "Its error out of sample has changed once."
                : Text($"Its error out of sample has changed {Changes} times."));
        return limits;
    }

    private static string Text(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
