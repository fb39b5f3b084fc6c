using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <summary>The mean score of several networks of one shape; for two classes, passed through a sigmoid.</summary>
internal abstract class NetworkModel : TrainedModel
{
    private readonly NetworkShape _shape;
    private readonly Standardiser _scaler;
    private readonly double[][] _members;
    private readonly double _labelMean, _labelScale;

    private protected NetworkModel(ModelHead head, int rows, NetworkShape shape, Standardiser scaler, double[][] members, double labelMean,
        double labelScale) : base(head, rows)
    {
        _shape = shape;
        _scaler = scaler;
        _members = members;
        _labelMean = labelMean;
        _labelScale = labelScale;
    }

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(_scaler.Mean);
        writer.WriteArray(_scaler.Scale);
        writer.Write(_labelMean);
        writer.Write(_labelScale);
        writer.Write(_members.Length);
        foreach (var member in _members) writer.WriteArray(member);
    }

    private protected static (Standardiser Scaler, double Mean, double Scale, double[][] Members) ReadParts(BinaryReader reader)
    {
        var scaler = Standardiser.From(reader.ReadArray(), reader.ReadArray());
        var (mean, scale) = (reader.ReadDouble(), reader.ReadDouble());
        var members = new double[reader.ReadInt32()][];
        for (var m = 0; m < members.Length; m++) members[m] = reader.ReadArray();
        return (scaler, mean, scale, members);
    }

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var width = Features.Count;
        Span<double> z = stackalloc double[input.Length];
        for (var at = 0; at < input.Length; at += width)
            for (var f = 0; f < width; f++)
                z[at + f] = Math.Clamp((input[at + f] - _scaler.Mean[f]) * _scaler.Scale[f], -NetworkSamples.Reach, NetworkSamples.Reach);
        Span<double> workspace = stackalloc double[_shape.ScoreWorkspace];
        var sum = 0.0;
        foreach (var member in _members) sum += _shape.Score(member, z, workspace);
        var score = sum / _members.Length;
        return Task == LearningTask.Classification ? PortableMath.Sigmoid(score) : score / _labelScale + _labelMean;
    }
}
