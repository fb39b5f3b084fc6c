using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <inheritdoc cref="PerceptronTrainer"/>
[ModelKind(MultilayerPerceptron.FormatName)]
internal sealed class MultilayerPerceptron : NetworkModel
{
    public const string FormatName = "perceptron";

    private readonly int[] _hidden;

    internal MultilayerPerceptron(ModelHead head, int[] hidden, Standardiser scaler, double[][] members, double labelMean,
        double labelScale)
        : base(head, 1, new PerceptronShape(head.Features.Count, hidden), scaler, members, labelMean, labelScale) => _hidden = hidden;

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(_hidden);
        base.Write(writer);
    }

    public static MultilayerPerceptron Read(ModelHead head, BinaryReader reader)
    {
        var hidden = reader.ReadIntegers();
        var (scaler, mean, scale, members) = ReadParts(reader);
        return new MultilayerPerceptron(head, hidden, scaler, members, mean, scale);
    }
}
