using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Networks;

/// <summary>Fully connected layers with rectified units, and one linear output.</summary>
internal sealed class PerceptronShape : NetworkShape
{
    private readonly int _inputs;
    private readonly int[] _hidden, _padded, _weightAt, _biasAt;
    private readonly int _outputAt, _units;

    public PerceptronShape(int inputs, int[] hidden)
    {
        _inputs = inputs;
        _hidden = hidden;
        _padded = Array.ConvertAll(hidden, Padded);
        _weightAt = new int[hidden.Length];
        _biasAt = new int[hidden.Length];
        var at = 0;
        for (var l = 0; l < hidden.Length; l++)
        {
            _weightAt[l] = at;
            at += InputsOf(l) * _padded[l];
            _biasAt[l] = at;
            at += _padded[l];
            _units += _padded[l];
        }
        _outputAt = at;
        Parameters = at + _padded[^1] + 4; // the output's weights, then its bias in a lane of its own
    }

    public override int Parameters { get; }

    public override int ScoreWorkspace => _units;

    public override int GradientWorkspace => 2 * _units;

    public override void Initialise(double[] parameters, ref PortableRandom random)
    {
        // Glorot and Bengio 2010, uniform.
        for (var l = 0; l < _hidden.Length; l++)
        {
            var fanIn = l == 0 ? _inputs : _hidden[l - 1];
            var bound = Math.Sqrt(6.0 / (fanIn + _hidden[l]));
            for (var i = 0; i < fanIn; i++)
                for (var j = 0; j < _hidden[l]; j++)
                    parameters[_weightAt[l] + i * _padded[l] + j] = bound * (2 * random.NextDouble() - 1);
        }
        var last = Math.Sqrt(6.0 / (_hidden[^1] + 1));
        for (var j = 0; j < _hidden[^1]; j++) parameters[_outputAt + j] = last * (2 * random.NextDouble() - 1);
    }

    public override double Score(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> workspace)
    {
        var values = input;
        var at = 0;
        for (var l = 0; l < _padded.Length; l++)
        {
            var units = workspace.Slice(at, _padded[l]);
            Affine(parameters.Slice(_weightAt[l], InputsOf(l) * _padded[l]), parameters.Slice(_biasAt[l], _padded[l]), values, units);
            Rectify(units);
            values = units;
            at += _padded[l];
        }
        return parameters[_outputAt + _padded[^1]] + Dense.Dot(values, parameters[_outputAt..]);
    }

    public override double Accumulate(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, double target, double weight,
        bool classify, Span<double> gradient, Span<double> workspace)
    {
        var units = workspace[.._units];
        var slopes = workspace.Slice(_units, _units);
        var score = Score(parameters, input, units);
        var (loss, slope) = Loss(score, target, weight, classify);
        var at = _units - _padded[^1];
        var last = units[at..];
        Dense.AddScaled(slope, last, gradient[_outputAt..]);
        gradient[_outputAt + _padded[^1]] += slope;
        slopes.Clear();
        Dense.AddScaled(slope, parameters.Slice(_outputAt, _padded[^1]), slopes[at..]);
        for (var l = _padded.Length - 1; l >= 0; l--)
        {
            var here = slopes.Slice(at, _padded[l]);
            var value = units.Slice(at, _padded[l]);
            for (var j = 0; j < here.Length; j++)
                if (value[j] <= 0)
                    here[j] = 0;
            Dense.AddScaled(1, here, gradient.Slice(_biasAt[l], _padded[l]));
            var before = l == 0 ? 0 : at - _padded[l - 1];
            var inputs = l == 0 ? input : units.Slice(before, _padded[l - 1]);
            Backwards(parameters.Slice(_weightAt[l], inputs.Length * _padded[l]), inputs, here,
                gradient.Slice(_weightAt[l], inputs.Length * _padded[l]), l == 0 ? [] : slopes.Slice(before, _padded[l - 1]));
            at = before;
        }
        return loss;
    }

    private int InputsOf(int layer) => layer == 0 ? _inputs : _padded[layer - 1];

    private static void Rectify(Span<double> units)
    {
        ref var u = ref MemoryMarshal.GetReference(units);
        for (var j = 0; j < units.Length; j += 4)
            Vector256.Max(Dense.Load(ref u, j), Vector256<double>.Zero).StoreUnsafe(ref u, (nuint)j);
    }
}
