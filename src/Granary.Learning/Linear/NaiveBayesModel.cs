using Granary.Engine.Numerics;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>Log odds as a quadratic of each standardised feature.</summary>
[ModelKind(NaiveBayesModel.FormatName)]
internal sealed class NaiveBayesModel(ModelHead head, Standardiser scaler, double[] square, double[] slope, double constant)
    : TrainedModel(head)
{
    public const string FormatName = "naive-bayes";

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(scaler.Mean);
        writer.WriteArray(scaler.Scale);
        writer.WriteArray(square);
        writer.WriteArray(slope);
        writer.Write(constant);
    }

    public static NaiveBayesModel Read(ModelHead head, BinaryReader reader) =>
        new(head, Standardiser.From(reader.ReadArray(), reader.ReadArray()), reader.ReadArray(), reader.ReadArray(), reader.ReadDouble());

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var score = constant;
        for (var f = 0; f < input.Length; f++)
        {
            var z = (input[f] - scaler.Mean[f]) * scaler.Scale[f];
            score += (square[f] * z + slope[f]) * z;
        }
        return PortableMath.Sigmoid(score);
    }
}
