using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Series;

/// <summary>A piecewise linear trend, extrapolated after the training time with its last slope, and seasons.</summary>
/// <param name="coefficients">[terms of the shape]</param>
[ModelKind(TrendSeasonModel.FormatName)]
internal sealed class TrendSeasonModel(ModelHead head, TrendSeasonShape shape, double[] coefficients) : ITrainedModel
{
    public const string FormatName = "trend-season";

    public string Trainer => head.Trainer;

    public LearningTask Task => head.Task;

    public IReadOnlyList<string> Features => head.Features;

    public ModelInput Input { get; } = new(ModelInputKind.Time, 1);

    public string Format => FormatName;

    public TrendSeasonShape Shape => shape;

    /// <summary>[terms of the shape], in the unit of the label.</summary>
    public IReadOnlyList<double> Coefficients => coefficients;

    public double Predict(ReadOnlySpan<double> input)
    {
        if (input.Length != 1) throw new ArgumentException($"{Trainer} reads the time alone, not {input.Length} values", nameof(input));
        if (!double.IsFinite(input[0])) return double.NaN;
        Span<double> terms = stackalloc double[shape.Terms];
        shape.Write(input[0], terms);
        return Dense.Dot(terms, coefficients);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(shape.Start);
        writer.Write(shape.Span);
        writer.WriteArray(shape.Changes);
        writer.WriteArray([.. shape.Seasons.Select(s => s.Days)]);
        writer.WriteArray(shape.Seasons.Select(s => s.Harmonics).ToArray());
        writer.WriteArray(coefficients);
    }

    public static TrendSeasonModel Read(ModelHead head, BinaryReader reader)
    {
        var (start, span, changes) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadArray());
        var (days, harmonics) = (reader.ReadArray(), reader.ReadIntegers());
        return new TrendSeasonModel(head, new TrendSeasonShape(start, span, changes, [.. days.Zip(harmonics)]), reader.ReadArray());
    }
}
