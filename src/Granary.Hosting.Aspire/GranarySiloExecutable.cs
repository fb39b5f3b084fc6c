using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>A silo that runs as a process of this machine.</summary>
/// <param name="name">Name of the resource: its cluster's name, and its number.</param>
/// <param name="command">Name or path of the program.</param>
/// <param name="workingDirectory">Its working directory.</param>
public sealed class GranarySiloExecutable(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory);
