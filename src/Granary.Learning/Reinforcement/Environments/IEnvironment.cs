using Granary.Engine.Numerics;

namespace Granary.Learning.Reinforcement.Environments;

/// <summary>
/// A task of decisions one after another. Everything that the next step depends on is in its state, so that a copy of the state goes on
/// with the same numbers. A step allocates nothing.
/// </summary>
public interface IEnvironment
{
    ActionSpace Actions { get; }

    /// <summary>Numbers of an observation.</summary>
    int ObservationSize { get; }

    /// <summary>Numbers of a state.</summary>
    int StateSize { get; }

    /// <summary>Steps after which an episode is truncated; 0 = never.</summary>
    int StepLimit { get; }

    /// <summary>Starts an episode.</summary>
    void Reset(ref PortableRandom random);

    /// <summary>Takes an action.</summary>
    /// <param name="action">As many numbers as <see cref="ActionSpace.Size"/>.</param>
    StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random);

    /// <summary>Writes what the agent sees of the present state.</summary>
    void Observe(Span<double> target);

    /// <summary>Writes the present state.</summary>
    void CopyState(Span<double> target);

    /// <summary>Goes on from a state.</summary>
    void SetState(ReadOnlySpan<double> state);
}
