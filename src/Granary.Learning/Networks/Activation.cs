namespace Granary.Learning.Networks;

/// <summary>Activation function of a <see cref="DenseNetwork"/>'s hidden units. Its outputs are linear.</summary>
public enum Activation : byte
{
    Tanh,
    /// <summary>The sum if it is positive, otherwise 0.</summary>
    Relu,
}
