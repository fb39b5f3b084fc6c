namespace Granary.Learning.Reinforcement.Environments;

/// <summary>What a step of an environment leads to.</summary>
/// <param name="Reward">Of this step.</param>
/// <param name="Terminated">Nothing follows: the value of the state after it is zero.</param>
/// <param name="Truncated">
/// The episode ends although the task goes on, since data or time have ended: the state after it keeps its value.
/// </param>
public readonly record struct StepResult(double Reward, bool Terminated = false, bool Truncated = false);
