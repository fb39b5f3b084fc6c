using Granary.Engine.Numerics;

namespace Granary.Learning.Networks;

/// <summary>A <see cref="DenseNetwork"/> with rectified units and one output.</summary>
internal sealed class PerceptronShape(int inputs, int[] hidden) : NetworkShape
{
    private readonly DenseNetwork _network = new(inputs, hidden, 1, Activation.Relu);

    public override int Parameters => _network.Parameters;

    public override int ScoreWorkspace => _network.Units;

    public override int GradientWorkspace => 2 * _network.Units;

    public override void Initialise(double[] parameters, ref PortableRandom random)
    {
        // Glorot and Bengio 2010, uniform.
        for (var l = 0; l < _network.Layers; l++)
        {
            var (from, to) = (_network.InputsOf(l), _network.OutputsOf(l));
            var bound = Math.Sqrt(6.0 / (from + to));
            for (var i = 0; i < from; i++)
                for (var j = 0; j < to; j++)
                    parameters[_network.WeightAt(l, i, j)] = bound * (2 * random.NextDouble() - 1);
        }
    }

    public override double Score(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> workspace) =>
        _network.Forward(parameters, input, 1, workspace[.._network.Units])[0];

    public override double Accumulate(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, double target, double weight,
        bool classify, Span<double> gradient, Span<double> workspace)
    {
        var units = workspace[.._network.Units];
        var slopes = workspace.Slice(_network.Units, _network.Units);
        var (loss, slope) = Loss(Score(parameters, input, units), target, weight, classify);
        slopes[^1] = slope;
        _network.Backward(parameters, input[.._network.RowWidth], units, slopes, gradient);
        return loss;
    }
}
