using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.Policies;

/// <summary>
/// A distribution of actions, determined by the outputs of the policy network and by its own parameters. Actions are stored as drawn;
/// <see cref="ToEnvironment"/> converts them for the environment.
/// </summary>
internal abstract class ActionHead
{
    /// <summary>The number of network outputs that it uses.</summary>
    public abstract int Outputs { get; }

    /// <summary>The number of its own parameters.</summary>
    public abstract int Parameters { get; }

    /// <summary>The length of a drawn action.</summary>
    public abstract int ActionSize { get; }

    /// <summary>Draws an action.</summary>
    /// <returns>The logarithm of its probability or density.</returns>
    public abstract double Sample(ReadOnlySpan<double> output, ReadOnlySpan<double> own, Span<double> action, ref PortableRandom random);

    /// <summary>The most likely action.</summary>
    public abstract void Mode(ReadOnlySpan<double> output, Span<double> action);

    /// <summary>The logarithm of the probability or density of a drawn action, and the entropy of the distribution.</summary>
    public abstract (double LogProbability, double Entropy) Evaluate(ReadOnlySpan<double> output, ReadOnlySpan<double> own,
        ReadOnlySpan<double> action);

    /// <summary>
    /// Writes the derivatives of a loss by the outputs, and adds those by the head's own parameters. The caller gives the derivatives of
    /// the loss by the log-probability and by the entropy.
    /// </summary>
    public abstract void AddSlopes(in HeadInput input, double byLogProbability, double byEntropy, Span<double> outputSlopes,
        Span<double> ownSlopes);

    /// <summary>Converts a drawn action to the environment's action; both may use the same memory.</summary>
    public abstract void ToEnvironment(ReadOnlySpan<double> action, Span<double> target);

    /// <summary>Creates the head for the actions of an environment.</summary>
    public static ActionHead For(ActionSpace actions) => actions.Kind switch
    {
        ActionKind.Categorical => new CategoricalHead(actions.Choices),
        ActionKind.Continuous => new GaussianHead(actions.Choices, actions.Low, actions.High),
        ActionKind.Simplex => new SimplexHead(actions.Choices),
    };
}
