namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// min ½x′Qx + c′x + price · Σ |penaltyⱼ(x)| − Σ logₖ · ln(−rowₖ(x)) over rowₖ(x) ≤ 0 and equalityₑ(x) = 0.
/// </summary>
/// <param name="Quadratic">Row-major [n, n], symmetric, positive semidefinite.</param>
internal sealed record ConvexProgram(double[] Quadratic, double[] Linear, IReadOnlyList<LinearTerm> Rows,
    IReadOnlyList<LinearTerm> Equalities)
{
    public int Count => Linear.Length;

    /// <summary>By row: the factor of the logarithm of its distance from the bound; null = 0 for all.</summary>
    public double[]? Logs { get; init; }

    public IReadOnlyList<LinearTerm> Penalties { get; init; } = [];

    public double Price { get; init; }
}
