namespace Granary.Learning.Networks;

/// <summary>Memory for the passes of one thread through a <see cref="DenseNetwork"/>, made once.</summary>
/// <param name="rows">The most rows of one pass.</param>
public sealed class NetworkWorkspace(DenseNetwork network, int rows)
{
    /// <summary>The most rows of one pass.</summary>
    public int Rows => rows;

    /// <summary>Slopes of the loss by the answers: row-major, padding included. The caller writes them before the backward pass.</summary>
    public Span<double> AnswerSlopes => network.UnitsOf(network.Layers - 1, rows, Slopes);

    internal double[] Values { get; } = new double[rows * network.Units];

    internal double[] Slopes { get; } = new double[rows * network.Units];
}
