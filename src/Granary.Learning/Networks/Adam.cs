using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Learning.Networks;

/// <summary>
/// The optimiser of Kingma and Ba (2015), with β₁ = 0.9 and β₂ = 0.999. Each parameter is updated independently, so their order does not
/// matter.
/// </summary>
/// <param name="parameters">The number of parameters; a multiple of four.</param>
/// <param name="learningRate">The initial learning rate.</param>
internal sealed class Adam(int parameters, double learningRate)
{
    private const double Beta1 = 0.9, Beta2 = 0.999;

    private readonly double[] _first = parameters % 4 == 0 ? new double[parameters]
        : throw new ArgumentException("the number of parameters must be a multiple of four", nameof(parameters));
    private readonly double[] _second = new double[parameters];
    private double _power1 = 1, _power2 = 1;

    /// <summary>The learning rate, which a schedule may change between steps.</summary>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// Whether ε is added after the bias correction of the moment (algorithm 1 of the paper), or before it (its section 2).
    /// </summary>
    public bool CorrectsBeforeEpsilon { get; init; }

    /// <param name="scale">Multiplies the gradient.</param>
    /// <param name="decay">Added to the gradient per unit of the parameter.</param>
    public void Step(double[] parameters, double[] gradient, double scale, double decay)
    {
        _power1 *= Beta1;
        _power2 *= Beta2;
        var correction = Math.Sqrt(1 - _power2);
        var rate = Vector256.Create(LearningRate * correction / (1 - _power1));
        var epsilon = Vector256.Create(CorrectsBeforeEpsilon ? Epsilon * correction : Epsilon);
        ref var p = ref MemoryMarshal.GetArrayDataReference(parameters);
        ref var g = ref MemoryMarshal.GetArrayDataReference(gradient);
        ref var m = ref MemoryMarshal.GetArrayDataReference(_first);
        ref var v = ref MemoryMarshal.GetArrayDataReference(_second);
        // The lengths of parameter arrays are multiples of the vector width.
        for (var i = 0; i < parameters.Length; i += 4)
        {
            var value = Dense.Load(ref p, i);
            var slope = Vector256.FusedMultiplyAdd(Vector256.Create(decay), value, Dense.Load(ref g, i) * Vector256.Create(scale));
            var first = Vector256.FusedMultiplyAdd(Vector256.Create(Beta1), Dense.Load(ref m, i), slope * Vector256.Create(1 - Beta1));
            var second = Vector256.FusedMultiplyAdd(Vector256.Create(Beta2), Dense.Load(ref v, i),
                slope * slope * Vector256.Create(1 - Beta2));
            first.StoreUnsafe(ref m, (nuint)i);
            second.StoreUnsafe(ref v, (nuint)i);
            (value - rate * first / (Vector256.Sqrt(second) + epsilon)).StoreUnsafe(ref p, (nuint)i);
        }
    }

    /// <summary>Writes the moments, so training continues to the same bits after <see cref="Read"/>.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_power1);
        writer.Write(_power2);
        foreach (var value in _first) writer.Write(value);
        foreach (var value in _second) writer.Write(value);
    }

    /// <summary>Reads the output of <see cref="Write"/> for the same number of parameters.</summary>
    public void Read(BinaryReader reader)
    {
        _power1 = reader.ReadDouble();
        _power2 = reader.ReadDouble();
        for (var i = 0; i < _first.Length; i++) _first[i] = reader.ReadDouble();
        for (var i = 0; i < _second.Length; i++) _second[i] = reader.ReadDouble();
    }
}
