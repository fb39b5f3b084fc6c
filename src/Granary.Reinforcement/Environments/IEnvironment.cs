using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Environments;

/// <summary>
/// A task of sequential decisions. Its state contains everything that the next step depends on, so a copy of the state continues with
/// the same numbers. A step allocates nothing.
/// </summary>
public interface IEnvironment
{
    ActionSpace Actions { get; }

    /// <summary>The length of an observation.</summary>
    int ObservationSize { get; }

    /// <summary>The length of a state.</summary>
    int StateSize { get; }

    /// <summary>The number of steps after which an episode is truncated; 0 = never.</summary>
    int StepLimit { get; }

    /// <summary>Starts an episode.</summary>
    void Reset(ref PortableRandom random);

    /// <summary>Executes an action.</summary>
    /// <param name="action">The action, of length <see cref="ActionSpace.Size"/>.</param>
    StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random);

    /// <summary>Writes the observation of the current state.</summary>
    void Observe(Span<double> target);

    /// <summary>Writes the current state.</summary>
    void CopyState(Span<double> target);

    /// <summary>Continues from a state.</summary>
    void SetState(ReadOnlySpan<double> state);
}
