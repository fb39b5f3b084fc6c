namespace Granary.Deployment.Tests.SupplyChain;

/// <summary>A package that a program of Granary is delivered with.</summary>
/// <param name="Registry">nuget or npm.</param>
/// <param name="Licence">Its licence as an SPDX expression; null where the package does not name one.</param>
/// <param name="Copyright">The notice in the package; empty where there is none.</param>
internal sealed record Dependency(string Registry, string Name, string Version, string? Licence, string Copyright);
