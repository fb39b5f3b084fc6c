using System.Reflection;
using System.Runtime.Loader;

namespace Granary.Simulation.Plugins;

/// <summary>
/// Loads one plug-in with its own dependencies, and Granary's own assemblies from the host, so that its strategies are the host's kind of
/// strategy.
/// </summary>
internal sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Whatever the host has is the host's; null asks it.
        if (Default.Assemblies.Any(a => string.Equals(a.GetName().Name, assemblyName.Name, StringComparison.OrdinalIgnoreCase)))
            return null;
        if (assemblyName.Name is { } name && name.StartsWith("Granary.", StringComparison.Ordinal)) return null;
        var file = _resolver.ResolveAssemblyToPath(assemblyName);
        if (file is null && assemblyName.Name is not null)
        {
            // A plug-in copied without its .deps.json keeps its dependencies beside it.
            var beside = Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
            if (File.Exists(beside)) file = beside;
        }
        return file is null ? null : LoadFromAssemblyPath(file);
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : IntPtr.Zero;
}
