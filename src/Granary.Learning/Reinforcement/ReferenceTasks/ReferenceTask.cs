using Granary.Learning.Reinforcement.Environments;
using Granary.Learning.Reinforcement.Training;

namespace Granary.Learning.Reinforcement.ReferenceTasks;

/// <summary>An environment with a known answer, and settings that solve it.</summary>
/// <param name="Name">As <c>reinforce --env</c> takes it.</param>
/// <param name="Make">Makes one copy.</param>
public sealed record ReferenceTask(string Name, string Summary, Func<IEnvironment> Make, PpoSettings Settings);
