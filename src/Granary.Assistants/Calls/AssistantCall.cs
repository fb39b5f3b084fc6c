using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Simulation.RunFolders;

namespace Granary.Assistants.Calls;

/// <summary>One call of an assistant: who calls, and the run that the answer is about.</summary>
internal sealed class AssistantCall(RunLibrary runs)
{
    /// <summary>Set before the tool runs.</summary>
    public Caller Caller { get; set; } = null!;

    /// <summary>The run that the answer is about; null if it is about none.</summary>
    public RunSummary? Run { get; private set; }

    /// <summary>The path of what the call changed, such as <c>/jobs/ID</c>, for the audit log; null if it changed nothing.</summary>
    public string? Changed { get; set; }

    /// <summary>Returns a run that the caller may see, about which the answer will be.</summary>
    /// <exception cref="InputException">There is no such run.</exception>
    public RunSummary Open(string id) => Run = Find(id);

    /// <inheritdoc cref="Open"/>
    /// <summary>Returns a run that the caller may see.</summary>
    public RunSummary Find(string id) => runs.Find(id) ?? throw new InputException($"there is no run '{id}' here; list_runs lists them");
}
