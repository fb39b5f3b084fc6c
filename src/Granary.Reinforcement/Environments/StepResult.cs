namespace Granary.Reinforcement.Environments;

/// <summary>Result of one step of an environment.</summary>
/// <param name="Reward">The reward of this step.</param>
/// <param name="Terminated">Nothing follows: the value of the state after it is zero.</param>
/// <param name="Truncated">
/// Whether the episode ended without the end of the task, because of a limit on data or time. The next state keeps its value.
/// </param>
public readonly record struct StepResult(double Reward, bool Terminated = false, bool Truncated = false);
