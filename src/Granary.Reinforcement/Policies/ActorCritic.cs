using Granary.Engine.Numerics;
using Granary.Learning.Networks;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.Policies;

/// <summary>
/// A policy network with its action head, and a separate value network. All parameters are in one array in this order, so they share
/// one optimiser and one gradient norm.
/// </summary>
internal sealed class ActorCritic
{
    /// <param name="policy">The network with the outputs that the head uses.</param>
    /// <param name="value">A network with one output.</param>
    public ActorCritic(DenseNetwork policy, ActionHead head, DenseNetwork value)
    {
        (Policy, Head, Value) = (policy, head, value);
        HeadAt = policy.Parameters;
        ValueAt = HeadAt + DenseNetwork.Padded(head.Parameters);
        Parameters = new double[ValueAt + value.Parameters];
    }

    /// <summary>Creates both networks with the same hidden layers; their parameters are not initialised.</summary>
    public static ActorCritic Make(int observations, ActionSpace actions, IReadOnlyList<int> hidden, Activation activation)
    {
        var head = ActionHead.For(actions);
        return new ActorCritic(new DenseNetwork(observations, hidden, head.Outputs, activation), head,
            new DenseNetwork(observations, hidden, 1, activation));
    }

    public DenseNetwork Policy { get; }

    public ActionHead Head { get; }

    public DenseNetwork Value { get; }

    /// <summary>All parameters: policy, head, value.</summary>
    public double[] Parameters { get; }

    internal int HeadAt { get; }

    internal int ValueAt { get; }

    /// <summary>Parameters of the policy network.</summary>
    public Span<double> PolicyParameters => Parameters.AsSpan(0, Policy.Parameters);

    /// <summary>Parameters of the head.</summary>
    public Span<double> HeadParameters => Parameters.AsSpan(HeadAt, Head.Parameters);

    /// <summary>Parameters of the value network.</summary>
    public Span<double> ValueParameters => Parameters.AsSpan(ValueAt, Value.Parameters);

    /// <summary>Initialises random parameters: orthogonal weights with gain 0.01 before the actions and 1 before the value.</summary>
    /// <param name="logDeviation">Log standard deviation of continuous actions and weights.</param>
    public void Initialise(double logDeviation, ref PortableRandom random)
    {
        Policy.Initialise(PolicyParameters, 0.01, ref random);
        HeadParameters.Fill(logDeviation);
        Value.Initialise(ValueParameters, 1, ref random);
    }
}
