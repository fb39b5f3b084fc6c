namespace Granary.Learning.Networks;

/// <summary>What the hidden units of a <see cref="DenseNetwork"/> make of their sums. Its outputs are linear.</summary>
public enum Activation : byte
{
    Tanh,
    /// <summary>The sum where it is positive, else 0.</summary>
    Relu,
}
