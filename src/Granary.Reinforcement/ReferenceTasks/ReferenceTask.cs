using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Training;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>An environment with a known solution, and settings that find it.</summary>
/// <param name="Name">The name in <c>reinforce --env</c>.</param>
/// <param name="Make">Creates one copy of the environment.</param>
public sealed record ReferenceTask(string Name, string Summary, Func<IEnvironment> Make, PpoSettings Settings);
