using Aspire.Hosting.ApplicationModel;

namespace Granary.Hosting.Aspire;

/// <summary>A silo that runs as a container.</summary>
/// <param name="name">Name of the resource: its cluster's name, and its number.</param>
public sealed class GranarySiloContainer(string name) : ContainerResource(name);
