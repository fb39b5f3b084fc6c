using System.Reflection;
using System.Runtime.Loader;

namespace Granary.Simulation.Plugins;

/// <summary>
/// Loads one plug-in with its own dependencies. Granary's assemblies come from the host, so the plug-in's strategies have the host's
/// types.
/// </summary>
internal sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Assemblies that the host has loaded come from the host; null requests them from it.
        if (Default.Assemblies.Any(a => string.Equals(a.GetName().Name, assemblyName.Name, StringComparison.OrdinalIgnoreCase)))
            return null;
        if (assemblyName.Name is { } name && (name.StartsWith("Granary.", StringComparison.Ordinal) || RuntimeLibraries.Contains(name)))
            return null;
        var file = _resolver.ResolveAssemblyToPath(assemblyName);
        if (file is null && assemblyName.Name is not null)
        {
            // A plug-in without a .deps.json file has its dependencies in the same folder.
            var beside = Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
            if (File.Exists(beside)) file = beside;
        }
        return file is null ? null : LoadFromAssemblyPath(file);
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : IntPtr.Zero;
}
