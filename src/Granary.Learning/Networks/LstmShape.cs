using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Learning.Networks;

/// <summary>
/// One long short-term memory layer (Hochreiter and Schmidhuber 1997, with forget gates) over the last rows, and a linear output of its
/// last state: i, f, o = σ(·), g = tanh(·); c = f·c + i·g; h = o·tanh(c).
/// </summary>
internal sealed class LstmShape : NetworkShape
{
    private readonly int _inputs, _rows, _hidden, _h, _gates;
    private readonly int _stateWeights, _bias, _output;

    public LstmShape(int inputs, int rows, int hidden)
    {
        _inputs = inputs;
        _rows = rows;
        _hidden = hidden;
        _h = Padded(hidden);
        _gates = 4 * _h;
        _stateWeights = inputs * _gates;
        _bias = _stateWeights + _h * _gates;
        _output = _bias + _gates;
        Parameters = _output + _h + 4;
    }

    public override int Parameters { get; }

    public override int ScoreWorkspace => _gates + 2 * _h;

    // Each step's gates, cell, tanh(cell) and state, after an initial zero state; then the derivatives.
    public override int GradientWorkspace => (_rows + 1) * StepSize + _gates + 3 * _h;

    private int StepSize => _gates + 3 * _h;

    public override void Initialise(double[] parameters, ref PortableRandom random)
    {
        var fromInput = Math.Sqrt(6.0 / (_inputs + _hidden));
        var fromState = Math.Sqrt(6.0 / (2 * _hidden));
        for (var gate = 0; gate < 4; gate++)
            for (var j = 0; j < _hidden; j++)
            {
                var column = gate * _h + j;
                for (var i = 0; i < _inputs; i++) parameters[i * _gates + column] = fromInput * (2 * random.NextDouble() - 1);
                for (var i = 0; i < _hidden; i++)
                    parameters[_stateWeights + i * _gates + column] = fromState * (2 * random.NextDouble() - 1);
                if (gate == 1) parameters[_bias + column] = 1; // remember, to begin with
            }
        var last = Math.Sqrt(6.0 / (_hidden + 1));
        for (var j = 0; j < _hidden; j++) parameters[_output + j] = last * (2 * random.NextDouble() - 1);
    }

    public override double Score(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> workspace)
    {
        var gates = workspace[.._gates];
        var cell = workspace.Slice(_gates, _h);
        var state = workspace.Slice(_gates + _h, _h);
        cell.Clear();
        state.Clear();
        for (var t = 0; t < _rows; t++)
        {
            Gates(parameters, input.Slice(t * _inputs, _inputs), state, gates);
            Advance(gates, cell, cell, state, state);
        }
        return parameters[_output + _h] + Dense.Dot(state, parameters[_output..]);
    }

    public override double Accumulate(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, double target, double weight,
        bool classify, Span<double> gradient, Span<double> workspace)
    {
        // Steps 1 … rows; step 0 is the initial zero state.
        workspace[..StepSize].Clear();
        for (var t = 1; t <= _rows; t++)
        {
            var before = workspace.Slice((t - 1) * StepSize, StepSize);
            var step = workspace.Slice(t * StepSize, StepSize);
            var gates = step[.._gates];
            Gates(parameters, input.Slice((t - 1) * _inputs, _inputs), State(before), gates);
            Advance(gates, Cell(before), Cell(step), Squashed(step), State(step));
        }
        var last = workspace.Slice(_rows * StepSize, StepSize);
        var (loss, slope) = Loss(parameters[_output + _h] + Dense.Dot(State(last), parameters[_output..]), target, weight, classify);
        Dense.AddScaled(slope, State(last), gradient[_output..]);
        gradient[_output + _h] += slope;

        var rest = workspace[((_rows + 1) * StepSize)..];
        var gateSlope = rest[.._gates];
        var stateSlope = rest.Slice(_gates, _h);
        var cellSlope = rest.Slice(_gates + _h, _h);
        stateSlope.Clear();
        cellSlope.Clear();
        Dense.AddScaled(slope, parameters.Slice(_output, _h), stateSlope);
        for (var t = _rows; t >= 1; t--)
        {
            var before = workspace.Slice((t - 1) * StepSize, StepSize);
            var step = workspace.Slice(t * StepSize, StepSize);
            var gates = step[.._gates];
            var squashed = Squashed(step);
            var previous = Cell(before);
            for (var j = 0; j < _h; j++)
            {
                var (i, f, g, o) = (gates[j], gates[_h + j], gates[2 * _h + j], gates[3 * _h + j]);
                var c = cellSlope[j] + stateSlope[j] * o * (1 - squashed[j] * squashed[j]);
                gateSlope[j] = c * g * i * (1 - i);
                gateSlope[_h + j] = c * previous[j] * f * (1 - f);
                gateSlope[2 * _h + j] = c * i * (1 - g * g);
                gateSlope[3 * _h + j] = stateSlope[j] * squashed[j] * o * (1 - o);
                cellSlope[j] = c * f;
            }
            // The slope of the padding is zero, because no output and no state reads it.
            Dense.AddScaled(1, gateSlope, gradient.Slice(_bias, _gates));
            Backwards(parameters[.._stateWeights], input.Slice((t - 1) * _inputs, _inputs), gateSlope, gradient[.._stateWeights], []);
            stateSlope.Clear();
            Backwards(parameters.Slice(_stateWeights, _h * _gates), State(before), gateSlope, gradient.Slice(_stateWeights, _h * _gates),
                stateSlope);
        }
        return loss;
    }

    private Span<double> Cell(Span<double> step) => step.Slice(_gates, _h);

    private Span<double> Squashed(Span<double> step) => step.Slice(_gates + _h, _h);

    private Span<double> State(Span<double> step) => step.Slice(_gates + 2 * _h, _h);

    private void Gates(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, ReadOnlySpan<double> state, Span<double> gates)
    {
        parameters.Slice(_bias, _gates).CopyTo(gates);
        AddProduct(parameters[.._stateWeights], input, gates);
        AddProduct(parameters.Slice(_stateWeights, _h * _gates), state, gates);
        ref var z = ref MemoryMarshal.GetReference(gates);
        for (var j = 0; j < _gates; j += 4)
        {
            var v = Dense.Load(ref z, j);
            var squashed = j >= 2 * _h && j < 3 * _h ? PortableMath.Tanh(v) : PortableMath.Sigmoid(v);
            squashed.StoreUnsafe(ref z, (nuint)j);
        }
    }

    // squashed and state may be the same memory, since squashed is written first and not read afterwards.
    private void Advance(ReadOnlySpan<double> gates, ReadOnlySpan<double> previous, Span<double> cell, Span<double> squashed,
        Span<double> state)
    {
        ref var z = ref MemoryMarshal.GetReference(gates);
        ref var p = ref MemoryMarshal.GetReference(previous);
        for (var j = 0; j < _h; j += 4)
        {
            var c = Dense.Load(ref z, _h + j) * Dense.Load(ref p, j) + Dense.Load(ref z, j) * Dense.Load(ref z, 2 * _h + j);
            c.StoreUnsafe(ref cell[j]);
            var s = PortableMath.Tanh(c);
            s.StoreUnsafe(ref squashed[j]);
            (Dense.Load(ref z, 3 * _h + j) * s).StoreUnsafe(ref state[j]);
        }
    }
}
