using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>A weighted sum of the centred features, optionally passed through a sigmoid.</summary>
[ModelKind(LinearModel.FormatName)]
public sealed class LinearModel : TrainedModel
{
    public const string FormatName = "linear";

    private readonly double[] _centre, _weights;
    private readonly double _intercept, _slope, _offset;
    private readonly bool _sigmoid;

    /// <param name="centre">[features]: subtracted first, so large values (prices) lose no digits.</param>
    /// <param name="weights">[features], on the raw scale.</param>
    /// <param name="sigmoid">Whether the prediction is 1 / (1 + e^−(slope · score + offset)).</param>
    public LinearModel(ModelHead head, double[] centre, double[] weights, double intercept, bool sigmoid, double slope = 1,
        double offset = 0) : base(head)
    {
        _centre = centre;
        _weights = weights;
        _intercept = intercept;
        _sigmoid = sigmoid;
        _slope = slope;
        _offset = offset;
    }

    /// <summary>[features]: change of the score per unit of the feature.</summary>
    public IReadOnlyList<double> Weights => _weights;

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.WriteArray(_centre);
        writer.WriteArray(_weights);
        writer.Write(_intercept);
        writer.Write(_sigmoid);
        writer.Write(_slope);
        writer.Write(_offset);
    }

    public static LinearModel Read(ModelHead head, BinaryReader reader) => new(head, reader.ReadArray(), reader.ReadArray(),
        reader.ReadDouble(), reader.ReadBoolean(), reader.ReadDouble(), reader.ReadDouble());

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var score = Score(input);
        return _sigmoid ? PortableMath.Sigmoid(_slope * score + _offset) : score;
    }

    /// <summary>The weighted sum, before any sigmoid.</summary>
    internal double Score(ReadOnlySpan<double> input)
    {
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var c = ref MemoryMarshal.GetArrayDataReference(_centre);
        ref var w = ref MemoryMarshal.GetArrayDataReference(_weights);
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i <= input.Length - 4; i += 4)
            sum = Vector256.FusedMultiplyAdd(Dense.Load(ref x, i) - Dense.Load(ref c, i), Dense.Load(ref w, i), sum);
        var score = _intercept + Dense.AddLanes(sum);
        for (; i < input.Length; i++) score = Math.FusedMultiplyAdd(input[i] - _centre[i], _weights[i], score);
        return score;
    }
}
