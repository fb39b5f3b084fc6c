namespace Granary.Learning.Networks;

/// <summary>Memory for the passes of one thread through a <see cref="DenseNetwork"/>, made once.</summary>
public sealed class NetworkWorkspace
{
    private readonly double[][] _values, _slopes;

    /// <param name="rows">The most rows of one pass.</param>
    public NetworkWorkspace(DenseNetwork network, int rows)
    {
        Rows = rows;
        _values = new double[network.Layers][];
        _slopes = new double[network.Layers][];
        var largest = 0;
        for (var l = 0; l < network.Layers; l++)
        {
            _values[l] = new double[rows * network.OutputWidth(l)];
            _slopes[l] = new double[rows * network.OutputWidth(l)];
            largest = Math.Max(largest, network.InputWidth(l) * network.OutputWidth(l));
        }
        Scratch = new double[largest];
    }

    /// <summary>The most rows of one pass.</summary>
    public int Rows { get; }

    /// <summary>Slopes of the loss by the answers: row-major, padding included. The caller writes them before the backward pass.</summary>
    public double[] AnswerSlopes => _slopes[^1];

    internal double[] Scratch { get; }

    internal double[] Values(int layer) => _values[layer];

    internal double[] Slopes(int layer) => _slopes[layer];
}
