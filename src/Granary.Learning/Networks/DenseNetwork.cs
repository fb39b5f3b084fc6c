using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Networks;

/// <summary>
/// A fully connected network for batches of rows. It has only the layout. The caller owns the array of parameters, so one optimiser
/// can serve several networks. Hidden layers and multiple outputs are padded to a multiple of four; the padding stays zero.
/// </summary>
internal sealed class DenseNetwork
{
    private readonly int[] _widths;
    private readonly int[] _weightAt, _biasAt, _unitAt;

    /// <param name="inputs">The number of values in an input row.</param>
    /// <param name="hidden">The number of units of each hidden layer; may be empty.</param>
    /// <param name="outputs">The number of outputs, without padding.</param>
    public DenseNetwork(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation)
    {
        _widths = [inputs, .. hidden, outputs];
        Activation = activation;
        _weightAt = new int[Layers];
        _biasAt = new int[Layers];
        _unitAt = new int[Layers];
        var at = 0;
        for (var l = 0; l < Layers; l++)
        {
            _weightAt[l] = at;
            at += Padded(InputWidth(l) * OutputWidth(l));
            _biasAt[l] = at;
            at += Padded(OutputWidth(l));
            _unitAt[l] = Units;
            Units += OutputWidth(l);
        }
        Parameters = at;
    }

    public Activation Activation { get; }

    /// <summary>The number of layers: the hidden ones and the output.</summary>
    public int Layers => _widths.Length - 1;

    /// <summary>The number of parameters, including padding; a multiple of four.</summary>
    public int Parameters { get; }

    /// <summary>The number of units of all layers, including padding.</summary>
    public int Units { get; }

    /// <summary>The number of values in an input row.</summary>
    public int RowWidth => _widths[0];

    /// <summary>The number of values in an output row; with several outputs, including padding.</summary>
    public int AnswerWidth => OutputWidth(Layers - 1);

    /// <summary>The number of a layer's inputs, without padding.</summary>
    public int InputsOf(int layer) => _widths[layer];

    /// <summary>The number of a layer's units, without padding.</summary>
    public int OutputsOf(int layer) => _widths[layer + 1];

    internal int InputWidth(int layer) => layer == 0 ? _widths[0] : Padded(_widths[layer]);

    internal int OutputWidth(int layer) => layer == Layers - 1 && _widths[^1] == 1 ? 1 : Padded(_widths[layer + 1]);

    /// <summary>Returns the index of the weight from an input to a unit.</summary>
    public int WeightAt(int layer, int input, int output) => _weightAt[layer] + input * OutputWidth(layer) + output;

    /// <summary>Returns the index of a unit's bias.</summary>
    public int BiasAt(int layer, int output) => _biasAt[layer] + output;

    /// <summary>The next multiple of four.</summary>
    public static int Padded(int width) => (width + 3) & ~3;

    /// <summary>
    /// Initialises orthogonal weights (Saxe, McClelland and Ganguli 2014) and zero biases: hidden layers with gain √2, the output with its
    /// own gain.
    /// </summary>
    public void Initialise(Span<double> parameters, double outputGain, ref PortableRandom random)
    {
        parameters[..Parameters].Clear();
        for (var l = 0; l < Layers; l++)
            Orthogonal(parameters, l, l == Layers - 1 ? outputGain : Math.Sqrt(2), ref random);
    }

    // Gram–Schmidt over the shorter side of a Gaussian matrix, repeated once for orthogonality to machine precision.
    private void Orthogonal(Span<double> parameters, int layer, double gain, ref PortableRandom random)
    {
        var (inputs, outputs) = (InputsOf(layer), OutputsOf(layer));
        var (count, length) = (Math.Min(inputs, outputs), Math.Max(inputs, outputs));
        var vectors = new double[count][];
        for (var v = 0; v < count; v++)
        {
            // Each vector has length 1.
            var vector = vectors[v] = new double[length];
            for (var i = 0; i < length; i++) vector[i] = random.NextGaussian();
            for (var pass = 0; pass < 2; pass++)
                for (var u = 0; u < v; u++)
                    Dense.AddScaled(-Dense.Dot(vector, vectors[u]), vectors[u], vector);
            var norm = Math.Sqrt(Dense.Dot(vector, vector));
            for (var i = 0; i < length; i++) vector[i] /= norm;
        }
        for (var i = 0; i < inputs; i++)
            for (var j = 0; j < outputs; j++)
                parameters[WeightAt(layer, i, j)] = gain * (inputs < outputs ? vectors[i][j] : vectors[j][i]);
    }

    /// <summary>Computes the outputs for rows of inputs; they stay in the workspace until the next call.</summary>
    /// <param name="input">Row-major, <see cref="RowWidth"/> values each.</param>
    /// <returns>Row-major, <see cref="AnswerWidth"/> values each.</returns>
    public Span<double> Forward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, int rows, NetworkWorkspace workspace) =>
        Forward(parameters, input, rows, workspace.Values);

    /// <param name="units">Receives the values of all units: <see cref="Units"/> values for each row of its capacity.</param>
    /// <inheritdoc cref="Forward(ReadOnlySpan{double}, ReadOnlySpan{double}, int, NetworkWorkspace)"/>
    internal Span<double> Forward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, int rows, Span<double> units)
    {
        var values = input[..(rows * RowWidth)];
        for (var l = 0; l < Layers; l++)
        {
            var (inputs, width) = (InputWidth(l), OutputWidth(l));
            var target = UnitsOf(l, rows, units);
            var weights = parameters.Slice(_weightAt[l], inputs * width);
            if (width == 1)
                for (var r = 0; r < rows; r++) target[r] = parameters[_biasAt[l]] + Dense.Dot(values.Slice(r * inputs, inputs), weights);
            else MatrixProduct.Set(Matrix.RowMajor(values, rows, inputs), weights, parameters.Slice(_biasAt[l], width), target);
            if (l < Layers - 1) Activate(target);
            values = target;
        }
        return UnitsOf(Layers - 1, rows, units);
    }

    /// <summary>
    /// Adds the gradient of a loss to <paramref name="gradient"/>, after <c>Forward</c> with the same rows. The caller has written the
    /// derivatives of the loss by the outputs to <see cref="NetworkWorkspace.AnswerSlopes"/>.
    /// </summary>
    public void Backward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, int rows, NetworkWorkspace workspace,
        Span<double> gradient) => Backward(parameters, input[..(rows * RowWidth)], workspace.Values, workspace.Slopes, gradient);

    /// <param name="input">Exactly the input rows.</param>
    /// <param name="units">The values of all units.</param>
    /// <param name="unitSlopes">The derivatives by all units in the same order; those by the outputs are set.</param>
    /// <inheritdoc cref="Backward(ReadOnlySpan{double}, ReadOnlySpan{double}, int, NetworkWorkspace, Span{double})"/>
    internal void Backward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> units, Span<double> unitSlopes,
        Span<double> gradient)
    {
        var rows = input.Length / RowWidth;
        for (var l = Layers - 1; l >= 0; l--)
        {
            var (inputs, width) = (InputWidth(l), OutputWidth(l));
            var slopes = UnitsOf(l, rows, unitSlopes);
            var values = l == 0 ? input : UnitsOf(l - 1, rows, units);
            var weights = parameters.Slice(_weightAt[l], inputs * width);
            var byWeights = gradient.Slice(_weightAt[l], inputs * width);
            var below = l == 0 ? default : UnitsOf(l - 1, rows, unitSlopes);
            below.Clear();
            if (width == 1)
            {
                for (var r = 0; r < rows; r++)
                {
                    Dense.AddScaled(slopes[r], values.Slice(r * inputs, inputs), byWeights);
                    gradient[_biasAt[l]] += slopes[r];
                    if (l > 0) Dense.AddScaled(slopes[r], weights, below.Slice(r * inputs, inputs));
                }
            }
            else
            {
                MatrixProduct.Add(Matrix.RowMajor(values, rows, inputs).Transposed, slopes, byWeights);
                var byBias = gradient.Slice(_biasAt[l], width);
                for (var r = 0; r < rows; r++) Dense.AddScaled(1, slopes.Slice(r * width, width), byBias);
                if (l > 0) MatrixProduct.AddByTransposed(Matrix.RowMajor(slopes, rows, width), weights, below);
            }
            if (l > 0) MultiplyByDerivative(values, below);
        }
    }

    /// <summary>Returns the part of an array of all units that belongs to a layer.</summary>
    internal Span<double> UnitsOf(int layer, int rows, Span<double> units) =>
        units.Slice(units.Length / Units * _unitAt[layer], rows * OutputWidth(layer));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate(Span<double> values)
    {
        ref var v = ref MemoryMarshal.GetReference(values);
        if (Activation == Activation.Tanh)
            for (var i = 0; i < values.Length; i += 4) PortableMath.Tanh(Dense.Load(ref v, i)).StoreUnsafe(ref v, (nuint)i);
        else
            for (var i = 0; i < values.Length; i += 4)
                Vector256.Max(Dense.Load(ref v, i), Vector256<double>.Zero).StoreUnsafe(ref v, (nuint)i);
    }

    // The derivative follows from the unit's value: 1 − y², or 1 if it is positive.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyByDerivative(ReadOnlySpan<double> values, Span<double> slopes)
    {
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var s = ref MemoryMarshal.GetReference(slopes);
        for (var i = 0; i < slopes.Length; i += 4)
        {
            var (y, slope) = (Dense.Load(ref v, i), Dense.Load(ref s, i));
            var result = Activation == Activation.Tanh ? slope * (Vector256<double>.One - y * y)
                : Vector256.ConditionalSelect(Vector256.GreaterThan(y, Vector256<double>.Zero), slope, Vector256<double>.Zero);
            result.StoreUnsafe(ref s, (nuint)i);
        }
    }
}
