using System.Reflection;

namespace Granary.Simulation.Plugins;

/// <summary>A loaded assembly of a plug-in folder.</summary>
/// <param name="Path">Full path of the DLL.</param>
/// <param name="ContentHash">SHA-256 of the DLL, lower-case hex.</param>
/// <param name="Assembly">Assembly loaded with its own dependencies, once per catalogue that is built.</param>
internal sealed record PluginFile(string Path, string ContentHash, Assembly Assembly);
