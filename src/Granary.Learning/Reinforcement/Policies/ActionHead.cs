using Granary.Engine.Numerics;
using Granary.Learning.Reinforcement.Environments;

namespace Granary.Learning.Reinforcement.Policies;

/// <summary>
/// A distribution of actions from the outputs of the policy network and from parameters of its own. An action is kept as it was drawn;
/// <see cref="ToEnvironment"/> turns it into what the environment takes.
/// </summary>
public abstract class ActionHead
{
    /// <summary>How many outputs of the network it reads.</summary>
    public abstract int Outputs { get; }

    /// <summary>How many parameters it has of its own.</summary>
    public abstract int Parameters { get; }

    /// <summary>Numbers of a drawn action.</summary>
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
    /// Writes the slopes of a loss by the outputs, and adds those by the own parameters, where the loss has these slopes by the logarithm
    /// of the probability and by the entropy.
    /// </summary>
    public abstract void AddSlopes(in HeadInput input, double byLogProbability, double byEntropy, Span<double> outputSlopes,
        Span<double> ownSlopes);

    /// <summary>What the environment is given for a drawn action; may be in the same memory.</summary>
    public abstract void ToEnvironment(ReadOnlySpan<double> action, Span<double> target);

    /// <summary>The head for the actions of an environment.</summary>
    public static ActionHead For(ActionSpace actions) => actions.Kind switch
    {
        ActionKind.Categorical => new CategoricalHead(actions.Choices),
        ActionKind.Continuous => new GaussianHead(actions.Choices, actions.Low, actions.High),
        _ => new SimplexHead(actions.Choices),
    };
}
