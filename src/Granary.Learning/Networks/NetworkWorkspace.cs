namespace Granary.Learning.Networks;

/// <summary>Reusable memory for one thread's passes through a <see cref="DenseNetwork"/>.</summary>
/// <param name="rows">The maximum number of rows in one pass.</param>
internal sealed class NetworkWorkspace(DenseNetwork network, int rows)
{
    /// <summary>The maximum number of rows in one pass.</summary>
    public int Rows => rows;

    /// <summary>Derivatives of the loss by the outputs: row-major, with padding. The caller writes them before the backward pass.</summary>
    public Span<double> AnswerSlopes => network.UnitsOf(network.Layers - 1, rows, Slopes);

    internal double[] Values { get; } = new double[rows * network.Units];

    internal double[] Slopes { get; } = new double[rows * network.Units];
}
